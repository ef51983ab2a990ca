package io.telemetryrouter.internal.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.support.Padded;
import io.telemetryrouter.internal.support.VarHandles;

/**
 * One emit that a thread is inside of, with its state while handlers run.
 * <p>
 * Only the thread that owns the stack writes. Other threads read, as opaque values, the
 * number of the handler that runs and how often the frame was entered. These are numbers
 * and not references, because a reference written for each event costs a barrier of the
 * garbage collector.
 */
public final class DispatchFrame extends Padded {

	/** Marks the number of a handler whose condition runs. */
	public static final long CONDITION = 1L << 62;

	/** Marks the number of a handler for which the context carrier runs. */
	public static final long CARRIER = 1L << 61;

	/** Marks the number of a handler whose latency recorder runs. */
	public static final long RECORDER = 1L << 60;

	private static final VarHandle RUNNING = VarHandles.field(MethodHandles.lookup(), DispatchFrame.class, "running",
			long.class);

	private static final VarHandle ENTRIES = VarHandles.field(MethodHandles.lookup(), DispatchFrame.class, "entries",
			int.class);

	public final DispatchStack stack;

	private String event = "";

	/** Whether {@link #clear()} has anything to clear, as after few emits. */
	private boolean holding;

	private @Nullable Envelope<?> envelope;

	private @Nullable EmitTracker tracker;

	private @Nullable Cause parent;

	private @Nullable Cause cause;

	/** The first run or span that a handler has bound the thread to. */
	private @Nullable RunBinding bound;

	/** What took longest, of the parts kept, and the handler it was for, if any. */
	public @Nullable String slowest;

	public @Nullable String slowestHandler;

	public long longest;

	/** When the last measured part of the emit ended. */
	public long splitAt;

	private long running;

	/** How many recipients have the event, or have it counted. */
	public int reached;

	/**
	 * Recipients of an emit that ended early. Set without a call: no stack may be left.
	 */
	public volatile @Nullable Recipients undelivered;

	/** How often the frame was entered; tells one call of a handler from the next. */
	private int entries;

	DispatchFrame(DispatchStack stack) {
		this.stack = stack;
	}

	/** Enters an emit, with its cause if it has one. Called by the stack. */
	@SuppressWarnings("ReferenceEquality")
	void enter(String event, @Nullable Cause parent) {
		if (this.undelivered != null) {
			running(0);
			countUndelivered();
		}
		if (this.holding) {
			// Left by an emit that had no stack left to clear the frame.
			clear();
		}
		this.reached = 0;
		this.entries++;
		// Most emits repeat the name of the last: compare first and save the write.
		if (this.event != event) {
			this.event = event;
		}
		if (parent != null) {
			this.parent = parent;
			this.holding = true;
		}
	}

	/** Counts the event as failed at the recipients not reached yet. From any thread. */
	synchronized void countUndelivered() {
		Recipients recipients = this.undelivered;
		if (recipients == null) {
			return;
		}
		while (this.reached < recipients.count()) {
			recipients.notReached(this.reached);
			this.reached++;
		}
		this.undelivered = null;
	}

	public @Nullable Cause parent() {
		return this.parent;
	}

	/** Sets the envelope, which then is the cause of nested emits. */
	public void envelope(Envelope<?> envelope) {
		this.envelope = envelope;
		this.holding = true;
	}

	public @Nullable Envelope<?> envelope() {
		return this.envelope;
	}

	public void tracker(EmitTracker tracker) {
		this.tracker = tracker;
		this.holding = true;
	}

	public @Nullable EmitTracker tracker() {
		return this.tracker;
	}

	/** Ends a part of the emit and begins the next one; returns its nanoseconds. */
	public long split(long now) {
		long nanos = now - this.splitAt;
		this.splitAt = now;
		return nanos;
	}

	/**
	 * Keeps a part of the emit that took long, if it is the longest so far: the call of a
	 * handler, its condition, its full queue, or a callback, which is for no handler.
	 */
	public void took(String part, @Nullable String handlerId, long nanos) {
		if (nanos > this.longest) {
			this.longest = nanos;
			this.slowest = part;
			this.slowestHandler = handlerId;
			this.holding = true;
		}
	}

	/**
	 * Sets what runs next: the number of a handler, with a mark or without, that of a
	 * callback, which is negative, or 0 for none.
	 */
	public void running(long handler) {
		RUNNING.setOpaque(this, handler);
	}

	/** Returns what runs, from any thread. */
	public long running() {
		return (long) RUNNING.getOpaque(this);
	}

	/** Returns the number of the handler that is called, or whose condition is. */
	public static long handler(long running) {
		return running & ~(CONDITION | CARRIER | RECORDER);
	}

	/**
	 * Returns how often the frame was entered, from any thread. While this number and the
	 * handler stay the same, so does the call.
	 */
	public int entries() {
		return (int) ENTRIES.getOpaque(this);
	}

	/** Returns the name of the current or last event, from any thread. */
	public String event() {
		return this.event;
	}

	/** Notes that a handler binds the thread, which must not outlast the emit. */
	void bound(RunBinding binding) {
		if (this.bound == null) {
			this.bound = binding;
			this.holding = true;
		}
	}

	public void clear() {
		running(0);
		if (this.holding) {
			this.holding = false;
			RunBinding binding = this.bound;
			if (binding != null) {
				this.bound = null;
				binding.undo();
			}
			this.envelope = null;
			this.tracker = null;
			this.parent = null;
			this.cause = null;
			this.slowest = null;
			this.slowestHandler = null;
			this.longest = 0;
		}
	}

	Cause cause() {
		if (this.envelope != null) {
			return this.envelope.cause();
		}
		if (this.cause == null) {
			this.cause = new Cause(this.parent, this.event, null);
			this.holding = true;
		}
		return this.cause;
	}

	/** All handlers that an emit has to reach, in order. */
	public interface Recipients {

		int count();

		/** Counts the event as failed at a recipient. */
		void notReached(int index);

	}

}
