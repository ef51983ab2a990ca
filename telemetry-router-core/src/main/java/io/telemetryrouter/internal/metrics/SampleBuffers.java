package io.telemetryrouter.internal.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * The sample buffers of a router, at most one for each slot of a dispatch stack, so that
 * their memory does not depend on the number of threads, handlers or event names. A
 * buffer is recorded by its writer when it is full, or by a reader.
 * <p>
 * One thread records at a time. A writer never waits for that thread: the writer records
 * its current sample directly instead.
 * <p>
 * An id is never reused for a second histogram, because a late sample could still refer
 * to it.
 */
public final class SampleBuffers extends Turn {

	private static final VarHandle BUFFERS = MethodHandles.arrayElementVarHandle(SampleBuffer[].class);

	private final @Nullable SampleBuffer[] bySlot;

	/** The stripes by histogram id. Writes are guarded by this; grows by doubling. */
	volatile LatencyHistogram.@Nullable Stripe[] stripes = new LatencyHistogram.Stripe[64];

	/** Guarded by this. */
	private int lastId;

	public SampleBuffers(int slots) {
		this.bySlot = new SampleBuffer[slots];
	}

	/** Returns the buffer of the calling thread's slot, or {@code null} for slot -1. */
	public @Nullable SampleBuffer get(int slot) {
		if (slot < 0) {
			return null;
		}
		SampleBuffer buffer = this.bySlot[slot];
		return (buffer != null) ? buffer : create(slot);
	}

	private SampleBuffer create(int slot) {
		SampleBuffer buffer = new SampleBuffer(this);
		BUFFERS.setRelease(this.bySlot, slot, buffer);
		return buffer;
	}

	/** Assigns a histogram the id under which its durations are buffered from now on. */
	synchronized void register(LatencyHistogram histogram) {
		if (histogram.id != 0) {
			return;
		}
		if (this.lastId == SampleBuffer.MAX_ID) {
			// No id is left: its durations are always recorded directly.
			histogram.id = LatencyHistogram.RELEASED;
			return;
		}
		int id = this.lastId + 1;
		LatencyHistogram.@Nullable Stripe[] all = this.stripes;
		if (id == all.length) {
			all = Arrays.copyOf(all, 2 * id);
		}
		all[id] = histogram.buffered();
		this.stripes = all;
		this.lastId = id;
		histogram.id = id;
		if (histogram.recorders != LatencyHistogram.NO_RECORDERS) {
			// A recorder was added concurrently. addRecorder() writes the id after the
			// recorders, so if they are not seen here, its write of the id comes last.
			histogram.id = LatencyHistogram.RELEASED;
		}
	}

	/** Releases a histogram that is not read any more. Its samples are ignored. */
	public synchronized void release(LatencyHistogram histogram) {
		int id = histogram.id;
		histogram.id = LatencyHistogram.RELEASED;
		if (id > 0) {
			LatencyHistogram.@Nullable Stripe[] all = this.stripes;
			all[id] = null;
			this.stripes = all;
		}
	}

	/** Records all samples that were added before. Called by readers. */
	public void record() {
		if (!take()) {
			return;
		}
		try {
			for (int i = 0; i < this.bySlot.length; i++) {
				SampleBuffer buffer = (SampleBuffer) BUFFERS.getAcquire(this.bySlot, i);
				if (buffer != null) {
					buffer.record();
				}
			}
		}
		finally {
			this.taken = false;
		}
	}

	boolean tryRecord(SampleBuffer buffer) {
		if (!tryTake()) {
			return false;
		}
		try {
			buffer.record();
			return true;
		}
		finally {
			this.taken = false;
		}
	}

}
