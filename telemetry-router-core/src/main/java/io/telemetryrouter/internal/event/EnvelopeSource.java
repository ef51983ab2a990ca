package io.telemetryrouter.internal.event;

import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLongArray;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.support.Padded;

/**
 * Makes envelopes, numbers them and gives them time and identity.
 */
public final class EnvelopeSource {

	/** The index of the sequence, in an array long enough to share no cache line. */
	private static final int SEQUENCE = Padded.LINE;

	private final InstantSource clock;

	private final long node = ThreadLocalRandom.current().nextLong();

	/** Written by every emitter. */
	private final AtomicLongArray sequence = new AtomicLongArray(2 * SEQUENCE);

	public EnvelopeSource(InstantSource clock) {
		this.clock = clock;
	}

	/** Makes an envelope; {@code emittedAt} is on the monotonic clock. */
	public Envelope<?> envelope(String name, @Nullable Object payload, long emittedAt, @Nullable Cause parent,
			@Nullable Object context, @Nullable EmitTracker tracker) {
		Object content = Payloads.asIs(payload);
		long number = this.sequence.incrementAndGet(SEQUENCE);
		if (context == null && tracker == null) {
			return new Envelope<>(this, name, content, number, emittedAt, parent);
		}
		return new Envelope.Accompanied<>(this, name, content, number, emittedAt, parent, context, tracker);
	}

	/** Returns the wall-clock time, in nanoseconds since 1970. */
	long epochNanos() {
		Instant now = this.clock.instant();
		return now.getEpochSecond() * 1_000_000_000L + now.getNano();
	}

	/**
	 * Derives an id: a UUID version 7 whose random part is the sequence, scattered by a
	 * number that is random for each router. The same arguments give the same id.
	 */
	UUID id(Instant timestamp, long sequence) {
		long high = (timestamp.toEpochMilli() << 16) | 0x7000L | (sequence & 0xFFF);
		long low = (mix(this.node + sequence) & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
		return new UUID(high, low);
	}

	/** The finalizer of SplitMix64: one to one on 64 bits, scattered enough on 62. */
	private static long mix(long value) {
		long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
		z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
		return z ^ (z >>> 31);
	}

}
