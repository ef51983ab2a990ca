package io.telemetryrouter.internal.event;

import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.support.Headroom;

/**
 * The pool of dispatch stacks. All routers of the process share it, so that loops of
 * emits across routers have one depth. A thread owns nothing while it does not emit: no
 * thread-local and no table entry remains.
 * <p>
 * A thread first tries its home, which the thread's id selects from 64 stacks, and
 * acquires it by one compare-and-set. If another thread owns the home, it acquires a
 * stack of the chain that begins there. The home counts its displaced threads: only if
 * there are any does a thread search the chain for a stack that it owns. A chain never
 * grows beyond the largest number of threads that were inside emits at the same time.
 */
public final class DispatchStacks {

	/** The number of stacks that have a slot for a sample buffer. A power of two. */
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
	 * Returns the stack of the calling thread, which acquires one if it has none. The
	 * caller {@linkplain DispatchStack#giveBack() gives it back}.
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
	 * Publishes the number of the code that the thread runs next, for the watchdog, if
	 * the thread is inside an emit. Returns the number that was published before.
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

	/** Runs code in a frame, for an event whose dispatch has not begun. */
	public static <R extends @Nullable Object> R inside(String event, Function<DispatchFrame, R> code) {
		DispatchStack stack = acquire();
		try {
			DispatchFrame frame = stack.enter(event, stack.cause());
			try {
				return code.apply(frame);
			}
			finally {
				// Inlined on purpose, like the next lines: after the code, a call could
				// overflow the stack.
				stack.depth--;
				frame.clear();
			}
		}
		finally {
			if (--stack.uses == 0) {
				stack.release();
			}
		}
	}

	/**
	 * Returns whether the thread is inside an emit or works for a lane, and so must not
	 * block.
	 */
	public static boolean isInsideHandler() {
		DispatchStack stack = current();
		return stack != null && (stack.depth != 0 || stack.onLane);
	}

	/** Returns the number of running calls of a handler on all threads. */
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

	/** Counts undelivered events, and reclaims the stacks of terminated threads. */
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
			// Only the owner writes these fields, and it has terminated.
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
