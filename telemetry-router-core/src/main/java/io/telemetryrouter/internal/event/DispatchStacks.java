package io.telemetryrouter.internal.event;

import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.support.Headroom;

/**
 * The pool of dispatch stacks. It is one for all routers of the process, so that emit
 * loops across routers have one depth, and threads own nothing while they do not emit:
 * neither a thread local nor an entry in a table is left behind.
 * <p>
 * A thread tries its home first, one of 64 by the thread's id, and takes it by one
 * compare-and-set. Where another thread is at home there, it takes another stack of the
 * chain that begins there. The count of displaced threads tells every thread of that home
 * whether it has to search the chain for a stack of its own first. A chain never grows
 * beyond the largest number of threads that were inside emits at the same time.
 */
public final class DispatchStacks {

	/** How many stacks have a slot for a sample buffer. A power of two. */
	public static final int SLOTS = 64;

	private static final DispatchStack[] HOMES = new DispatchStack[SLOTS];

	static {
		for (int i = 0; i < SLOTS; i++) {
			HOMES[i] = new DispatchStack(i, null);
		}
	}

	private DispatchStacks() {
	}

	/**
	 * Returns the calling thread's stack, taking one if it has none. The caller
	 * {@linkplain DispatchStack#giveBack() gives it back}.
	 */
	public static DispatchStack acquire() {
		Thread thread = Thread.currentThread();
		DispatchStack home = home(thread);
		Thread owner = home.owner;
		DispatchStack stack = (owner == thread || (owner == null && home.displaced == 0
				&& DispatchStack.OWNER.compareAndSet(home, (Thread) null, thread))) ? home
						: acquireElsewhere(thread, home);
		stack.uses++;
		return stack;
	}

	private static DispatchStack home(Thread thread) {
		return HOMES[(int) thread.getId() & (SLOTS - 1)];
	}

	private static DispatchStack acquireElsewhere(Thread thread, DispatchStack home) {
		DispatchStack own = find(thread, home);
		if (own != null) {
			return own;
		}
		Headroom.require();
		DispatchStack stack = home;
		while (stack.owner != null || !DispatchStack.OWNER.compareAndSet(stack, (Thread) null, thread)) {
			DispatchStack following = stack.next;
			if (following == null) {
				DispatchStack.NEXT.compareAndSet(stack, (DispatchStack) null, new DispatchStack(-1, home));
				following = stack.next;
			}
			if (following != null) {
				stack = following;
			}
		}
		if (stack != home) {
			DispatchStack.DISPLACED.getAndAdd(home, 1);
		}
		return stack;
	}

	/** Returns the stack of the calling thread, or {@code null} if it has none. */
	public static @Nullable DispatchStack current() {
		Thread thread = Thread.currentThread();
		return find(thread, home(thread));
	}

	private static @Nullable DispatchStack find(Thread thread, DispatchStack home) {
		if (home.owner == thread) {
			return home;
		}
		if (home.displaced != 0) {
			for (DispatchStack stack = home.next; stack != null; stack = stack.next) {
				if (stack.owner == thread) {
					return stack;
				}
			}
		}
		return null;
	}

	/**
	 * Shows the watchdog what the thread runs next, if it is inside an emit, and returns
	 * what it has shown so far.
	 */
	public static long show(long running) {
		DispatchStack stack = current();
		if (stack == null || stack.depth == 0) {
			return 0;
		}
		DispatchFrame frame = stack.innermost();
		long before = frame.running();
		frame.running(running);
		return before;
	}

	/** Runs code for an event whose emit has not begun, in a frame. */
	public static <R extends @Nullable Object> R inside(String event, Function<DispatchFrame, R> code) {
		DispatchStack stack = acquire();
		try {
			DispatchFrame frame = stack.enter(event, stack.cause());
			try {
				return code.apply(frame);
			}
			finally {
				stack.exit(frame);
			}
		}
		finally {
			stack.giveBack();
		}
	}

	/**
	 * Returns whether the thread is inside an emit or works for a lane: it must not wait.
	 */
	public static boolean isInsideHandler() {
		DispatchStack stack = current();
		return stack != null && (stack.depth != 0 || stack.onLane);
	}

	/** Counts a handler's calls on all threads that have begun and not ended. */
	public static int countRunning(long handler) {
		int[] count = new int[1];
		forEach((stack) -> count[0] += stack.countRunning(handler));
		return count[0];
	}

	public static void forEach(Consumer<DispatchStack> action) {
		for (DispatchStack home : HOMES) {
			for (DispatchStack stack = home; stack != null; stack = stack.next) {
				action.accept(stack);
			}
		}
	}

	/** Counts undelivered events, and takes back the stacks of threads that have died. */
	public static void reconcile() {
		forEach((stack) -> {
			for (DispatchFrame frame : stack.frames()) {
				if (frame.undelivered != null) {
					frame.countUndelivered();
				}
			}
			Thread owner = stack.owner;
			if (owner != null && !owner.isAlive()) {
				takeBack(stack, owner);
			}
		});
	}

	private static void takeBack(DispatchStack stack, Thread dead) {
		synchronized (stack) {
			if (stack.owner != dead) {
				return;
			}
			// Only its owner writes here, and its owner is no more.
			stack.depth = 0;
			stack.uses = 0;
			stack.onLane = false;
			stack.scheduling = false;
			stack.capturing = false;
			for (DispatchFrame frame : stack.frames()) {
				frame.clear();
			}
			stack.release();
		}
	}

}
