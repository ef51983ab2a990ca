package io.telemetryrouter.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * What a thread is dispatching: one level for each emit it is inside of, the innermost
 * last. Written by its thread only. Other threads read, at any time, which handlers it
 * runs; for them the entries are opaque longs, kept as numbers so that the thread's own
 * writes cost no garbage collection barrier.
 */
final class EmitFrame {

	private static final VarHandle RUNNING = MethodHandles.arrayElementVarHandle(long[].class);

	private static final int INITIAL_LEVELS = 4;

	/** Spreads threads over the stripes of counters. */
	final int probe;

	/** Whether the thread works for a lane, where waiting could be waiting for itself. */
	boolean onLane;

	/** Whether the thread is handing a lane to the executor. */
	boolean scheduling;

	private int depth;

	private String[] events = new String[INITIAL_LEVELS];

	private @Nullable Envelope<?>[] envelopes = new Envelope<?>[INITIAL_LEVELS];

	private @Nullable Cause[] parents = new Cause[INITIAL_LEVELS];

	private @Nullable Cause[] causes = new Cause[INITIAL_LEVELS];

	private volatile long[] running = new long[INITIAL_LEVELS];

	EmitFrame(int probe) {
		this.probe = probe;
	}

	/**
	 * Returns how many emits the thread is inside of.
	 * @return the number; the level of the innermost is one less
	 */
	int depth() {
		return this.depth;
	}

	/**
	 * Enters an emit.
	 * @param event the event's name
	 * @param parent the emit that caused it, if any
	 * @return the level
	 */
	@SuppressWarnings("ReferenceEquality")
	int enter(String event, @Nullable Cause parent) {
		int level = this.depth;
		if (level == this.events.length) {
			grow();
		}
		// Most emits repeat the name of the last: compare first and save the write.
		if (this.events[level] != event) {
			this.events[level] = event;
		}
		if (parent != null) {
			this.parents[level] = parent;
		}
		this.depth = level + 1;
		return level;
	}

	void envelope(int level, Envelope<?> envelope) {
		this.envelopes[level] = envelope;
	}

	/**
	 * Notes the handler that runs next.
	 * @param level the level
	 * @param handler the handler's number, 0 for none
	 */
	void running(int level, long handler) {
		RUNNING.setOpaque(this.running, level, handler);
	}

	void exit(int level) {
		RUNNING.setOpaque(this.running, level, 0L);
		if (this.envelopes[level] != null) {
			this.envelopes[level] = null;
		}
		if (this.parents[level] != null) {
			this.parents[level] = null;
		}
		if (this.causes[level] != null) {
			this.causes[level] = null;
		}
		this.depth = level;
	}

	/**
	 * Returns the emit that the thread is inside of as the cause of the next one.
	 * @return the cause, or {@code null} outside of any emit
	 */
	@Nullable Cause cause() {
		int level = this.depth - 1;
		if (level < 0) {
			return null;
		}
		Envelope<?> envelope = this.envelopes[level];
		if (envelope != null) {
			return envelope.cause();
		}
		Cause cause = this.causes[level];
		if (cause == null) {
			cause = new Cause(this.parents[level], this.events[level]);
			this.causes[level] = cause;
		}
		return cause;
	}

	/**
	 * Counts how often the thread is inside a handler, from any thread.
	 * @param handler the handler's number
	 * @return the number of its calls that have begun and not ended
	 */
	int countRunning(long handler) {
		long[] levels = this.running;
		int count = 0;
		for (int i = 0; i < levels.length; i++) {
			if ((long) RUNNING.getOpaque(levels, i) == handler) {
				count++;
			}
		}
		return count;
	}

	private void grow() {
		int length = this.events.length * 2;
		this.events = Arrays.copyOf(this.events, length);
		this.envelopes = Arrays.copyOf(this.envelopes, length);
		this.parents = Arrays.copyOf(this.parents, length);
		this.causes = Arrays.copyOf(this.causes, length);
		this.running = Arrays.copyOf(this.running, length);
	}

}
