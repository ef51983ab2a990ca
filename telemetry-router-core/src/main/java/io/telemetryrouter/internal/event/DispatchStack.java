package io.telemetryrouter.internal.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.metrics.Counters;
import io.telemetryrouter.internal.metrics.LatencyHistogram;
import io.telemetryrouter.internal.metrics.Notes;
import io.telemetryrouter.internal.support.Padded;
import io.telemetryrouter.internal.registry.Handler;
import io.telemetryrouter.internal.dispatch.Route;

/**
 * What a thread is dispatching: one level for each emit it is inside of, the innermost
 * last. Written by its thread only. Other threads read, at any time, which handlers it
 * runs; for them these are opaque longs, and they are numbers rather than references so
 * that writing them on the way of an event costs no garbage collection barrier.
 *
 * @since 0.1.0
 */
public final class DispatchStack extends Padded {

	private static final VarHandle RUNNING;

	private static final VarHandle ENTRIES;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			RUNNING = lookup.findVarHandle(Level.class, "running", long.class);
			ENTRIES = lookup.findVarHandle(Level.class, "entries", int.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private static final int INITIAL_LEVELS = 4;

	/** Spreads threads over shared stripes of counters. */
	public final int probe;

	/** The stripe of counters that this thread alone writes, or -1. */
	public final int lease;

	/** Whether the thread works for a lane, where waiting could be waiting for itself. */
	public boolean onLane;

	/** Whether the thread is handing a lane to the executor. */
	public boolean scheduling;

	/** Whether the thread is capturing context. */
	public boolean capturing;

	/** When the lane that the thread works for was done with its last event. */
	public long doneAt;

	/** How many emits the thread is inside of. */
	public int depth;

	/** The first of the levels, which most emits are at. */
	private final Level outermost;

	private volatile Level[] levels;

	DispatchStack(int probe, int lease) {
		this.probe = probe;
		this.lease = lease;
		this.levels = extend(new Level[0], INITIAL_LEVELS);
		this.outermost = this.levels[0];
	}

	private Level[] extend(Level[] levels, int length) {
		Level[] extended = Arrays.copyOf(levels, length);
		for (int i = levels.length; i < length; i++) {
			extended[i] = new Level(this);
		}
		return extended;
	}

	/**
	 * Returns how many emits the thread is inside of.
	 * @return the number
	 */
	public int depth() {
		return this.depth;
	}

	/**
	 * Enters an emit.
	 * @param event the event's name
	 * @param parent the emit that caused it, if any
	 * @return the level, to be exited
	 */
	@SuppressWarnings("ReferenceEquality")
	public Level enter(String event, @Nullable Cause parent) {
		int index = this.depth;
		Level level = (index == 0) ? this.outermost : nested(index);
		if (level.owed != null) {
			level.payOwed();
		}
		if (level.holding) {
			// Of an emit that had no stack left to let go.
			level.clear();
		}
		level.reached = 0;
		level.entries++;
		// Most emits repeat the name of the last: compare first and save the write.
		if (level.event != event) {
			level.event = event;
		}
		if (parent != null) {
			level.parent(parent);
		}
		this.depth = index + 1;
		return level;
	}

	private Level nested(int index) {
		Level[] all = this.levels;
		if (index == all.length) {
			all = extend(all, index * 2);
			this.levels = all;
		}
		return all[index];
	}

	/**
	 * Leaves the innermost emit.
	 * @param level its level
	 */
	public void exit(Level level) {
		this.depth--;
		level.clear();
	}

	/**
	 * Returns the emit that the thread is inside of as the cause of the next one.
	 * @return the cause, or {@code null} outside of any emit
	 */
	public @Nullable Cause cause() {
		return (this.depth != 0) ? this.levels[this.depth - 1].cause() : null;
	}

	/**
	 * Returns the levels, which other threads may only look at.
	 * @return the levels, in use or not, the outermost first
	 */
	public Level[] levels() {
		return this.levels;
	}

	/**
	 * Counts what emits of the thread that ended early have left, from any thread.
	 */
	void payOwed() {
		for (Level level : this.levels) {
			if (level.owed != null) {
				level.payOwed();
			}
		}
	}

	/**
	 * Counts how often the thread is inside a handler, from any thread.
	 * @param handler the handler's number
	 * @return the number of its calls that have begun and not ended
	 */
	public int countRunning(long handler) {
		int count = 0;
		for (Level level : this.levels) {
			count += (level.running() == handler) ? 1 : 0;
		}
		return count;
	}

	/**
	 * One emit that a thread is inside of, and all that is to be known of it while
	 * handlers run: what is kept here need not be kept across their calls.
	 */
	public static final class Level extends Padded {

		public final DispatchStack frame;

		private String event = "";

		/** Whether there is anything below to let go of, as with few emits. */
		private boolean holding;

		private @Nullable Envelope<?> envelope;

		private @Nullable EmitTracker tracker;

		private @Nullable Cause parent;

		private @Nullable Cause cause;

		private @Nullable Handler slowest;

		private long longest;

		/** Of the last route, if the thread has any there. */
		public @Nullable Notes notes;

		/** Whether there is a row of them for what is measured of this emit. */
		public boolean noting;

		/** When the last of the emit's calls ended. */
		private long lapped;

		private long running;

		/** How many handlers of the route have the event, or have it counted. */
		public int reached;

		/** The route whose other handlers an emit that ended early did not reach. */
		public volatile @Nullable Route owed;

		/** How often it was entered; tells one call of a handler from the next. */
		private int entries;

		Level(DispatchStack frame) {
			this.frame = frame;
		}

		/**
		 * Counts an event that was emitted as failed at the handlers that it did not
		 * reach. Begins where it ended if it had no stack left itself.
		 */
		private synchronized void payOwed() {
			Route route = this.owed;
			if (route == null) {
				return;
			}
			while (this.reached < route.handlers.length) {
				route.handler(this.reached).count(Counters.FAILED, 1);
				this.reached++;
			}
			this.owed = null;
		}

		private void parent(Cause parent) {
			this.parent = parent;
			this.holding = true;
		}

		public @Nullable Cause parent() {
			return this.parent;
		}

		/**
		 * Sets the envelope of the event, which then is the cause of what it causes.
		 * @param envelope the envelope
		 */
		public void envelope(Envelope<?> envelope) {
			this.envelope = envelope;
			this.holding = true;
		}

		public @Nullable Envelope<?> envelope() {
			return this.envelope;
		}

		/**
		 * Sets who follows the emit.
		 * @param tracker the tracker
		 */
		public void tracker(EmitTracker tracker) {
			this.tracker = tracker;
			this.holding = true;
		}

		public @Nullable EmitTracker tracker() {
			return this.tracker;
		}

		/**
		 * Begins to measure calls.
		 * @param now the time, on the monotonic clock
		 */
		public void start(long now) {
			this.lapped = now;
		}

		/**
		 * Ends a call, which is where the next one begins.
		 * @param now the time, on the monotonic clock
		 * @return how long it took, in nanoseconds
		 */
		public long lap(long now) {
			long nanos = now - this.lapped;
			this.lapped = now;
			return nanos;
		}

		/**
		 * Returns when the last of the calls ended.
		 * @return the time, on the monotonic clock
		 */
		public long lapped() {
			return this.lapped;
		}

		/**
		 * Records a duration, at once or later.
		 * @param histogram where it belongs
		 * @param column which of the measured durations of the route it is
		 * @param nanos the duration
		 */
		public void record(LatencyHistogram histogram, int column, long nanos) {
			if (this.noting && this.notes != null) {
				this.notes.note(column, nanos);
			}
			else {
				histogram.record(nanos, this.frame.probe);
			}
		}

		/**
		 * Notes a call that took long.
		 * @param handler the handler
		 * @param nanos how long it took
		 */
		public void took(Handler handler, long nanos) {
			if (nanos > this.longest) {
				this.longest = nanos;
				this.slowest = handler;
				this.holding = true;
			}
		}

		/**
		 * Returns the handler whose call took longest, of those noted.
		 * @return the handler, or {@code null} if none was noted
		 */
		public @Nullable Handler slowest() {
			return this.slowest;
		}

		public long longest() {
			return this.longest;
		}

		/**
		 * Notes the handler that runs next.
		 * @param handler the handler's number, 0 for none
		 */
		public void running(long handler) {
			RUNNING.setOpaque(this, handler);
		}

		/**
		 * Returns the handler that runs, from any thread.
		 * @return the handler's number, 0 for none
		 */
		public long running() {
			return (long) RUNNING.getOpaque(this);
		}

		/**
		 * Returns how often the level was entered, from any thread.
		 * @return the number; while it and the handler stay the same, so does the call
		 */
		public int entries() {
			return (int) ENTRIES.getOpaque(this);
		}

		/**
		 * Returns the event's name, from any thread.
		 * @return the name, of the last event outside of any emit
		 */
		public String event() {
			return this.event;
		}

		/**
		 * Notes from another thread that a call was given up, while its thread is held
		 * inside of it.
		 */
		public void abandon() {
			running(0);
		}

		/**
		 * Lets go of everything.
		 */
		public void clear() {
			running(0);
			if (this.holding) {
				this.holding = false;
				this.envelope = null;
				this.tracker = null;
				this.parent = null;
				this.cause = null;
				this.slowest = null;
				this.longest = 0;
			}
		}

		private Cause cause() {
			if (this.envelope != null) {
				return this.envelope.cause();
			}
			if (this.cause == null) {
				this.cause = new Cause(this.parent, this.event);
				this.holding = true;
			}
			return this.cause;
		}

	}

}
