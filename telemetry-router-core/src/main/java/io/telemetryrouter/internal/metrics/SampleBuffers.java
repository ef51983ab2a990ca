package io.telemetryrouter.internal.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.support.VarHandles;

/**
 * The sample buffers of a router, at most one for each slot of a dispatch stack, so that
 * their memory does not depend on the number of threads, handlers or event names. They
 * are recorded by their writer when full, or by a reader.
 * <p>
 * One thread records at a time. A writer never waits for it: the writer records the
 * sample at hand directly instead. A reader waits, but not for ever, since a debugger may
 * hold the thread that records.
 * <p>
 * An id is never given to a second histogram, because a late sample could still have it.
 *
 * @since 0.1.0
 */
public final class SampleBuffers {

	private static final VarHandle RECORDING = VarHandles.field(MethodHandles.lookup(), SampleBuffers.class,
			"recording", boolean.class);

	private static final VarHandle BUFFERS = MethodHandles.arrayElementVarHandle(SampleBuffer[].class);

	private static final int ATTEMPTS = 10_000;

	private static final long PAUSE_NANOS = 50_000;

	private final @Nullable SampleBuffer[] bySlot;

	/** By id. Replaced under this; grows by doubling. */
	private volatile LatencyHistogram.@Nullable Stripe[] stripes = new LatencyHistogram.Stripe[64];

	/** Guarded by this. */
	private int lastId;

	private volatile boolean recording;

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

	synchronized void register(LatencyHistogram histogram) {
		if (histogram.id != 0) {
			return;
		}
		if (this.lastId == SampleBuffer.MAX_ID) {
			// Its durations are recorded directly for good.
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
		if (histogram.recorders != Recorders.NONE) {
			// One came in between: it looks at the id after it has set the recorder.
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

	/** Records all samples that were added before. For readers. */
	public void record() {
		if (!lock()) {
			return;
		}
		try {
			for (int i = 0; i < this.bySlot.length; i++) {
				SampleBuffer buffer = (SampleBuffer) BUFFERS.getAcquire(this.bySlot, i);
				if (buffer != null) {
					record(buffer);
				}
			}
		}
		finally {
			this.recording = false;
		}
	}

	/** Runs an action while no thread records. */
	void whileNobodyRecords(Runnable action) {
		boolean locked = lock();
		try {
			action.run();
		}
		finally {
			if (locked) {
				this.recording = false;
			}
		}
	}

	private boolean lock() {
		for (int i = 0; i < ATTEMPTS; i++) {
			if (tryLock()) {
				return true;
			}
			if (Thread.currentThread().isInterrupted()) {
				// It would not park.
				Thread.yield();
			}
			else {
				LockSupport.parkNanos(this, PAUSE_NANOS);
			}
		}
		return false;
	}

	private boolean tryLock() {
		return !this.recording && RECORDING.compareAndSet(this, false, true);
	}

	boolean tryRecord(SampleBuffer buffer) {
		if (!tryLock()) {
			return false;
		}
		try {
			record(buffer);
			return true;
		}
		finally {
			// Not by a call: there may be no stack left for one.
			this.recording = false;
		}
	}

	private void record(SampleBuffer buffer) {
		long end = buffer.tail();
		// Read after the tail: an id is registered before its first sample is added.
		LatencyHistogram.@Nullable Stripe[] all = this.stripes;
		long position = buffer.head;
		try {
			while (position < end) {
				LatencyHistogram.Stripe stripe = all[buffer.id(position)];
				if (stripe != null) {
					stripe.add(buffer.nanos(position));
				}
				position++;
			}
		}
		finally {
			// Exact even if a call found no stack, and not by a call itself.
			buffer.head = position;
		}
	}

}
