package io.telemetryrouter.internal.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

import io.telemetryrouter.internal.support.Padded;

/**
 * What one thread counts and measures on a route, or a worker in its lane, written
 * without atomic instructions.
 * <p>
 * A duration is only noted, in a place that is known before the clock is read: reading it
 * waits for everything computed before, so that what is computed next to it costs most. A
 * row of notes is that of one emit, a column that of one histogram, or of two that get
 * the same durations. Notes are recorded many at once: by their thread when there is no
 * room for the next row, or by whoever reads, under a flag for which the thread does not
 * wait. A place is written once until then, so that each note is recorded once, and
 * before its thread has returned from the emit every reader can see it.
 *
 * @since 0.1.0
 */
public final class Notes extends Padded {

	private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

	private static final VarHandle PASSES;

	private static final VarHandle RECORDING;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			PASSES = lookup.findVarHandle(Notes.class, "passes", long.class);
			RECORDING = lookup.findVarHandle(Notes.class, "recording", boolean.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/** Roughly how many there are. */
	private static final int SIZE = 512;

	private static final int MAX_ROWS = 128;

	private static final int ATTEMPTS = 10_000;

	private static final long PAUSE_NANOS = 50_000;

	/** By column, and one more if that gets the same as the only column. */
	private final LatencyHistogram[] histograms;

	private final int width;

	private final int probe;

	/**
	 * 0 where nothing is noted. Begins after a cache line on which something else may
	 * end.
	 */
	private final long[] notes;

	/** Where the row begins. */
	private int row;

	private long passes;

	private volatile boolean recording;

	public Notes(LatencyHistogram[] histograms, int probe) {
		this(histograms, histograms.length, probe);
	}

	public Notes(LatencyHistogram[] histograms, int width, int probe) {
		this.histograms = histograms;
		this.width = width;
		this.probe = probe;
		int rows = (width != 0) ? Math.max(1, Math.min(MAX_ROWS, SIZE / width)) : 0;
		this.notes = new long[LINE + rows * width];
		this.row = LINE - width;
	}

	/**
	 * Returns whether these are the notes for a route.
	 * @param histograms the array that is the route's
	 * @return {@code true} if they were made with it
	 */
	public boolean isOf(LatencyHistogram[] histograms) {
		return this.histograms == histograms;
	}

	/**
	 * Counts an emit. For the owning thread.
	 */
	public void pass() {
		PASSES.setRelease(this, this.passes + 1);
	}

	/**
	 * Returns how many emits were counted, from any thread.
	 * @return the number
	 */
	public long passes() {
		return (long) PASSES.getAcquire(this);
	}

	/**
	 * Begins the next row. For the owning thread, when it is done with the row before.
	 * @return {@code false} if there is no room and somebody is recording
	 */
	public boolean begin() {
		int begin = this.row + this.width;
		if (begin == this.notes.length) {
			if (!tryRecord()) {
				return false;
			}
			begin = LINE;
		}
		this.row = begin;
		return true;
	}

	/**
	 * Notes a duration. For the owning thread, once for each column of the row.
	 * @param column the column
	 * @param nanos the duration; a negative one counts as zero
	 */
	public void note(int column, long nanos) {
		LONGS.setRelease(this.notes, this.row + column, Math.max(nanos, 0) + 1);
	}

	/**
	 * Records what was noted, from any thread. Waits for another that does, but not for
	 * ever: a debugger may hold it.
	 */
	public void record() {
		for (int i = 0; !tryRecord() && i < ATTEMPTS; i++) {
			LockSupport.parkNanos(this, PAUSE_NANOS);
		}
	}

	private boolean tryRecord() {
		if (this.recording || !RECORDING.compareAndSet(this, false, true)) {
			return false;
		}
		try {
			LatencyHistogram twin = (this.width < this.histograms.length) ? this.histograms[this.width] : null;
			for (int i = 0; i < this.width; i++) {
				this.histograms[i].recordNoted(this.notes, LINE + i, this.width, this.probe, twin);
			}
		}
		finally {
			// By no call: there may be no stack left for one.
			this.recording = false;
		}
		return true;
	}

}
