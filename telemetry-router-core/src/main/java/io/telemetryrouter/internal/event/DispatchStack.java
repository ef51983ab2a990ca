package io.telemetryrouter.internal.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.support.Padded;
import io.telemetryrouter.internal.support.VarHandles;

/**
 * The nested emits of a thread: one frame for each, the innermost last. A thread owns a
 * stack from the start of its outermost emit, or of its work for a lane, until the end.
 * The stack then returns to the pool: see {@link DispatchStacks}.
 * <p>
 * Only the owner writes. Any thread may read at any time which handlers are running.
 */
public final class DispatchStack extends Padded {

	static final VarHandle OWNER = VarHandles.field(MethodHandles.lookup(), DispatchStack.class, "owner", Thread.class);

	static final VarHandle DISPLACED = VarHandles.field(MethodHandles.lookup(), DispatchStack.class, "displaced",
			int.class);

	static final VarHandle NEXT = VarHandles.field(MethodHandles.lookup(), DispatchStack.class, "next",
			DispatchStack.class);

	/** The index of the sample buffer, or -1 for a stack without one. */
	public final int slot;

	/** Distributes threads over the stripes of counters. */
	public final int stripeHint;

	/** The first stack of the chain. */
	final DispatchStack home;

	/** The thread that owns the stack, or {@code null}. */
	volatile @Nullable Thread owner;

	/** The number of threads that own another stack of the chain of this home. */
	volatile int displaced;

	volatile @Nullable DispatchStack next;

	/** The number of acquisitions by the owner that it has not given back. */
	public int uses;

	/**
	 * Whether the owner works for a lane. It must not block then: it could wait for
	 * itself.
	 */
	public boolean onLane;

	/** Whether the owner is submitting a lane to the executor. */
	public boolean scheduling;

	/** Whether the owner is capturing context. */
	public boolean capturing;

	/** The number of emits that the owner is inside of. */
	public int depth;

	private final DispatchFrame outermost;

	private volatile DispatchFrame[] frames;

	/**
	 * Creates a stack. {@code home} is the first stack of its chain, or {@code null} if
	 * this is the first one.
	 */
	DispatchStack(int slot, @Nullable DispatchStack home) {
		this.slot = slot;
		this.home = (home != null) ? home : this;
		this.stripeHint = this.home.slot;
		this.outermost = new DispatchFrame(this);
		this.frames = new DispatchFrame[] { this.outermost };
	}

	public void giveBack() {
		if (--this.uses == 0) {
			release();
		}
	}

	/**
	 * Returns the stack to the pool, when {@link #uses} has reached 0. If this call
	 * overflows the stack of the thread, the thread keeps its dispatch stack until its
	 * next emit.
	 */
	public void release() {
		OWNER.setRelease(this, (Thread) null);
		if (this.home != this) {
			DISPLACED.getAndAdd(this.home, -1);
		}
	}

	public DispatchFrame enter(String event, @Nullable Cause parent) {
		int index = this.depth;
		DispatchFrame frame = (index == 0) ? this.outermost : nested(index);
		frame.enter(event, parent);
		this.depth = index + 1;
		return frame;
	}

	private DispatchFrame nested(int index) {
		DispatchFrame[] all = this.frames;
		if (index >= all.length) {
			DispatchFrame[] extended = Arrays.copyOf(all, all.length * 2);
			for (int i = all.length; i < extended.length; i++) {
				extended[i] = new DispatchFrame(this);
			}
			all = extended;
			this.frames = extended;
		}
		return all[index];
	}

	/** Returns the frame of the innermost emit. The thread must be inside an emit. */
	public DispatchFrame innermost() {
		return this.frames[this.depth - 1];
	}

	public void exit(DispatchFrame frame) {
		this.depth--;
		frame.clear();
	}

	/** Returns the innermost emit as the cause of the next one, or {@code null}. */
	public @Nullable Cause cause() {
		return (this.depth != 0) ? this.frames[this.depth - 1].cause() : null;
	}

	public @Nullable Thread owner() {
		return this.owner;
	}

	/** Returns all frames, used or unused, the outermost first. */
	public DispatchFrame[] frames() {
		return this.frames;
	}

	/** Returns whether the owner is inside of code that it runs for an event. */
	public boolean isRunning(long number, String event) {
		for (int i = 0; i < this.depth; i++) {
			if (this.frames[i].running() == number && this.frames[i].event().equals(event)) {
				return true;
			}
		}
		return false;
	}

	/** Returns the number of running calls of a handler. Any thread may call it. */
	public int countRunning(long handler) {
		int count = 0;
		for (DispatchFrame frame : this.frames) {
			count += (DispatchFrame.handler(frame.running()) == handler) ? 1 : 0;
		}
		return count;
	}

}
