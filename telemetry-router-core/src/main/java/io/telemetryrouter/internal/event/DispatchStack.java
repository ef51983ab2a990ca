package io.telemetryrouter.internal.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.support.Padded;
import io.telemetryrouter.internal.support.VarHandles;

/**
 * The emits that a thread is inside of: one frame for each, the innermost last. A stack
 * belongs to a thread from its outermost emit (or the beginning of its work for a lane)
 * until it leaves, and then to the next one: see {@link DispatchStacks}.
 * <p>
 * Only the owner writes. Other threads read at any time which handlers it runs.
 */
public final class DispatchStack extends Padded {

	static final VarHandle OWNER = VarHandles.field(MethodHandles.lookup(), DispatchStack.class, "owner", Thread.class);

	static final VarHandle DISPLACED = VarHandles.field(MethodHandles.lookup(), DispatchStack.class, "displaced",
			int.class);

	static final VarHandle NEXT = VarHandles.field(MethodHandles.lookup(), DispatchStack.class, "next",
			DispatchStack.class);

	/** The index among the stacks that have sample buffers, or -1. */
	public final int slot;

	/** Spreads threads over the stripes of counters. */
	public final int stripeHint;

	/** The first stack of the chain. */
	final DispatchStack home;

	/** The thread that the stack belongs to, if any. */
	volatile @Nullable Thread owner;

	/** How many threads have another stack of this home's chain. */
	volatile int displaced;

	volatile @Nullable DispatchStack next;

	/** How often the thread has taken the stack and not given it back. */
	public int uses;

	/** Whether the thread works for a lane, where waiting could be waiting for itself. */
	public boolean onLane;

	/** Whether the thread is handing a lane to the executor. */
	public boolean scheduling;

	/** Whether the thread is capturing context. */
	public boolean capturing;

	/** How many emits the thread is inside of. */
	public int depth;

	private final DispatchFrame outermost;

	private volatile DispatchFrame[] frames;

	/**
	 * Creates a stack; {@code home} is the first of its chain, or {@code null} for
	 * itself.
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
	 * Gives the stack back for another thread, when {@link #uses} has come to 0. A thread
	 * without stack for this call keeps it until its next emit.
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

	/** Returns the frame of the innermost emit; the thread is inside one. */
	public DispatchFrame innermost() {
		return this.frames[this.depth - 1];
	}

	public void exit(DispatchFrame frame) {
		this.depth--;
		frame.clear();
	}

	/** Returns the innermost emit as the cause of the next one, if there is one. */
	public @Nullable Cause cause() {
		return (this.depth != 0) ? this.frames[this.depth - 1].cause() : null;
	}

	public @Nullable Thread owner() {
		return this.owner;
	}

	/** Returns all frames, in use or not, the outermost first. */
	public DispatchFrame[] frames() {
		return this.frames;
	}

	/** Counts a handler's calls that have begun and not ended, from any thread. */
	public int countRunning(long handler) {
		int count = 0;
		for (DispatchFrame frame : this.frames) {
			count += (DispatchFrame.handler(frame.running()) == handler) ? 1 : 0;
		}
		return count;
	}

}
