package io.telemetryrouter.internal.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.support.Padded;
import io.telemetryrouter.internal.support.VarHandles;

/**
 * Durations that one thread has measured and that are not recorded yet: a ring with one
 * writer. Recording a duration takes an atomic instruction and touches the cache lines of
 * its histogram. Here it takes one store, and {@link SampleBuffers} records many at once.
 * <p>
 * A sample is one number: the histogram's id in the upper bits, nanoseconds in the lower
 * ones. The slot of a sample is known before the clock is read. (Reading the clock waits
 * for all computations before it, so computations next to it cost most.)
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

	/** Begins after a cache line on which something else may end. */
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
	 * Adds a sample, for the writer. Returns {@code false} if the sample must be recorded
	 * directly: it is too long to be held here or negative, or there is no room and
	 * another thread is recording.
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

	/** Records all samples that were added before. For the thread that has the turn. */
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
			// Exact even if a call found no stack, and not by a call itself.
			this.head = position;
		}
	}

}
