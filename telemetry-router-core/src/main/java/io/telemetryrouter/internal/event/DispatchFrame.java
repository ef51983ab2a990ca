package io.telemetryrouter.internal.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.support.Padded;
import io.telemetryrouter.internal.support.VarHandles;

/**
 * One of the nested emits of a thread, with its state while handlers run.
 * <p>
 * Only the thread that owns the stack writes to a frame. Other threads read the number of
 * the running handler and the number of entries, both in opaque mode. These are numbers
 * and not references, because each write of a reference costs a barrier of the garbage
 * collector.
 */
public final class DispatchFrame extends Padded {

	/** Flag of {@link #running()}: the condition of the handler runs. */
	public static final long CONDITION = 1L << 62;

	/** Flag of {@link #running()}: the context carrier runs for the handler. */
	public static final long CARRIER = 1L << 61;

	/** Flag of {@link #running()}: the latency recorder of the handler runs. */
	public static final long RECORDER = 1L << 60;

	private static final VarHandle RUNNING = VarHandles.field(MethodHandles.lookup(), DispatchFrame.class, "running",
			long.class);

	private static final VarHandle ENTRIES = VarHandles.field(MethodHandles.lookup(), DispatchFrame.class, "entries",
			int.class);

	public final DispatchStack stack;

	private String event = "";

	/** Whether {@link #clear()} has state to clear. Few emits set any. */
	private boolean holding;

	private @Nullable Envelope<?> envelope;

	private @Nullable EmitTracker tracker;

	private @Nullable SpanMark span;

	private @Nullable Cause parent;

	private @Nullable Cause cause;

	/** The first binding of a run or span that was opened during the emit. */
	private @Nullable RunBinding bound;

	/** The longest measured part of the emit, and its handler, if it has one. */
	public @Nullable String slowest;

	public @Nullable String slowestHandler;

	public long longest;

	/** The end of the last measured part of the emit, on the monotonic clock. */
	public long splitAt;

	private long running;

	/** The number of recipients that have received or counted the event. */
	public int reached;

	/**
	 * The recipients of an emit that ended early. Set by a field access instead of a
	 * method call, which could overflow the stack.
	 */
	public volatile @Nullable Recipients undelivered;

	/**
	 * The recording of an event for durable handlers, from before the event is recorded
	 * until it is in all lanes. Set and cleared by field accesses, like
	 * {@link #undelivered}.
	 */
	public volatile @Nullable Object recording;

	/** The number of entries; distinguishes two calls of the same handler. */
	private int entries;

	DispatchFrame(DispatchStack stack) {
		this.stack = stack;
	}

	/** Enters an emit, with its cause if it has one. Called by {@link DispatchStack}. */
	@SuppressWarnings("ReferenceEquality")
	void enter(String event, @Nullable Cause parent) {
		if (this.undelivered != null) {
			running(0);
			countUndelivered();
		}
		if (this.holding) {
			// An earlier emit overflowed the stack before it could clear the frame.
			clear();
		}
		this.reached = 0;
		this.entries++;
		// Most emits repeat the last name: a comparison saves the write.
		if (this.event != event) {
			this.event = event;
		}
		if (parent != null) {
			this.parent = parent;
			this.holding = true;
		}
	}

	/**
	 * Counts the event as failed at the recipients not reached yet. Any thread may call
	 * it.
	 */
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

	/** Sets the envelope, which becomes the cause of nested emits. */
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

	/** Sets the span that the envelope of the event, but of no nested one, belongs to. */
	public void span(SpanMark span) {
		this.span = span;
		this.holding = true;
	}

	public @Nullable SpanMark span() {
		return this.span;
	}

	/**
	 * Ends a measured part of the emit and begins the next one. Returns the duration of
	 * the ended part in nanoseconds.
	 */
	public long split(long now) {
		long nanos = now - this.splitAt;
		this.splitAt = now;
		return nanos;
	}

	/**
	 * Records a part of the emit if it is the longest so far: the call of a handler, its
	 * condition, the wait for its full queue, or a callback, which has no handler.
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
	 * Publishes the code that runs next: the number of a handler, optionally with a flag,
	 * the negative number of a callback, or 0 for none.
	 */
	public void running(long handler) {
		RUNNING.setOpaque(this, handler);
	}

	/** Returns the number that was published last. Any thread may call it. */
	public long running() {
		return (long) RUNNING.getOpaque(this);
	}

	/** Returns the number of the handler without its flags. */
	public static long handler(long running) {
		return running & ~(CONDITION | CARRIER | RECORDER);
	}

	/**
	 * Returns the number of entries. Any thread may call it. While this number and the
	 * handler stay the same, it is the same call.
	 */
	public int entries() {
		return (int) ENTRIES.getOpaque(this);
	}

	/** Returns the name of the current or last event. Any thread may call it. */
	public String event() {
		return this.event;
	}

	/**
	 * Registers a binding that {@link #clear()} undoes, so that it ends with the emit.
	 */
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
			this.span = null;
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

	/** The handlers that an emit has to reach, in order. */
	public interface Recipients {

		int count();

		/** Counts the event as failed at the recipient with the index. */
		void notReached(int index);

	}

}
