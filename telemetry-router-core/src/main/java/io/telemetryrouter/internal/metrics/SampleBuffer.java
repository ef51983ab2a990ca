package io.telemetryrouter.internal.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.support.Padded;
import io.telemetryrouter.internal.support.VarHandles;

/**
 * A ring buffer, with one writer, of durations that are not recorded yet. Recording a
 * duration directly takes an atomic instruction and touches the cache lines of its
 * histogram. Buffering it takes one store, and {@link SampleBuffers} records many at
 * once.
 * <p>
 * A sample is one number: the histogram's id in the upper bits, nanoseconds in the lower
 * ones. The slot of a sample is known before the clock is read. (Reading the clock waits
 * for all preceding computations, so computations next to it are the most expensive.)
 * <p>
 * Only the thread that owns the slot of its dispatch stack writes {@code tail}; only the
 * thread that has the turn of the buffers writes {@code head}.
 */
public final class SampleBuffer extends Padded {

	private static final VarHandle TAIL = VarHandles.field(MethodHandles.lookup(), SampleBuffer.class, "tail",
			long.class);

	/** 4 KiB. A power of two. */
	static final int SIZE = 512;

	/** 2^44 ns are almost five hours. */
	private static final int NANOS_BITS = 44;

	private static final long NANOS_MASK = (1L << NANOS_BITS) - 1;

	static final int MAX_ID = (1 << (Long.SIZE - NANOS_BITS - 1)) - 1;

	final SampleBuffers buffers;

	/** The first cache line stays unused: another object may share it. */
	private final long[] samples = new long[LINE + SIZE];

	private long tail;

	/** The tail at which the writer has to read the head again. */
	private long limit = SIZE;

	/** The first sample that is not recorded yet. */
	private volatile long head;

	SampleBuffer(SampleBuffers buffers) {
		this.buffers = buffers;
	}

	/**
	 * Adds a sample. Called by the writer only. Returns {@code false} if the sample must
	 * be recorded directly: it is negative or too long for the ring, or the ring is full
	 * and another thread is recording.
	 */
	boolean add(int id, long nanos) {
		long at = this.tail;
		if ((nanos & ~NANOS_MASK) != 0 || (at == this.limit && !makeRoom(at))) {
			return false;
		}
		this.samples[LINE + ((int) at & (SIZE - 1))] = ((long) id << NANOS_BITS) | nanos;
		TAIL.setRelease(this, at + 1);
		return true;
	}

	private boolean makeRoom(long at) {
		long recorded = this.head;
		if (at - recorded == SIZE) {
			if (!this.buffers.tryRecord(this)) {
				return false;
			}
			recorded = this.head;
		}
		this.limit = recorded + SIZE;
		return true;
	}

	/**
	 * Records all samples that were added before. The calling thread must have the turn.
	 */
	void record() {
		long end = (long) TAIL.getAcquire(this);
		// Read after the tail: an id is registered before its first sample is added.
		LatencyHistogram.@Nullable Stripe[] stripes = this.buffers.stripes;
		long position = this.head;
		try {
			while (position < end) {
				long sample = this.samples[LINE + ((int) position & (SIZE - 1))];
				LatencyHistogram.Stripe stripe = stripes[(int) (sample >>> NANOS_BITS)];
				if (stripe != null) {
					stripe.add(sample & NANOS_MASK);
				}
				position++;
			}
		}
		finally {
			// Exact even after a stack overflow. A field write, since a call needs stack.
			this.head = position;
		}
	}

}
