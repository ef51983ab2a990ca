package io.telemetryrouter.internal.support;

/**
 * Checks the stack space for code that must not end halfway. A thread that runs out of
 * stack inside a lock of the JDK, a logger or an executor leaves it locked for ever. With
 * this check, the error occurs before that code.
 */
public final class Headroom {

	/** The frames of these calls take 10 KiB if compiled, and 30 KiB if interpreted. */
	private static final int CALLS = 160;

	private Headroom() {
	}

	/**
	 * Descends the stack and returns, in half a microsecond, or throws a
	 * {@link StackOverflowError}. Too slow for the path of every event.
	 */
	public static void require() {
		descend(CALLS, 1, 2, 3, 4, 5, 6);
	}

	/**
	 * Checks the stack space for two steps, the second of which {@linkplain #require()
	 * checks} its own.
	 * @throws StackOverflowError if there is no room
	 */
	public static void requireForTwo() {
		descend(2 * CALLS, 1, 2, 3, 4, 5, 6);
	}

	/** The arguments are used after the call, so that each frame has to keep them. */
	private static long descend(int calls, long a, long b, long c, long d, long e, long f) {
		return (calls != 0) ? descend(calls - 1, b, c, d, e, f, a) * a + b * c - d * (e ^ f) : a;
	}

}
