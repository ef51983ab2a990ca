package io.telemetryrouter.internal.support;

/**
 * Room on the stack for code that must not end halfway. A thread that runs out of stack
 * within a lock of the JDK, a logger or an executor leaves it locked for good. This check
 * makes it run out before.
 */
public final class Headroom {

	/** These take 10 KiB once compiled, and 30 KiB before. */
	private static final int CALLS = 160;

	private Headroom() {
	}

	/**
	 * Goes down the stack and comes back, in half a microsecond, or throws a
	 * {@link StackOverflowError}. Not for the way of every event.
	 */
	public static void require() {
		descend(CALLS, 1, 2, 3, 4, 5, 6);
	}

	/**
	 * Makes sure of the room for two steps, of which the second one
	 * {@linkplain #require() asks} for its own.
	 * @throws StackOverflowError if there is no room
	 */
	public static void requireForTwo() {
		descend(2 * CALLS, 1, 2, 3, 4, 5, 6);
	}

	/** The arguments are needed after the call, so that they take room meanwhile. */
	private static long descend(int calls, long a, long b, long c, long d, long e, long f) {
		return (calls != 0) ? descend(calls - 1, b, c, d, e, f, a) * a + b * c - d * (e ^ f) : a;
	}

}
