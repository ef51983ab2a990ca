package io.telemetryrouter.internal.event;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.RecordedEvent;
import io.telemetryrouter.internal.support.Padded;
import io.telemetryrouter.internal.support.Ticker;

/**
 * Creates envelopes and assigns their sequence numbers, times and ids. Thread-safe.
 */
public final class EnvelopeSource {

	/**
	 * The index of the sequence in its array, which is long enough that the sequence
	 * shares no cache line.
	 */
	private static final int SEQUENCE = Padded.LINE;

	private static final long MAX_AGE = TimeUnit.MILLISECONDS.toNanos(1);

	/**
	 * The longest delay between the readings of both clocks. After a longer one, as when
	 * the thread was descheduled, the pair of readings is not kept.
	 */
	private static final long MAX_READING = TimeUnit.MICROSECONDS.toNanos(10);

	private final InstantSource clock;

	/** Whether both clocks are those of the system, which advance at the same rate. */
	private final boolean system;

	private volatile @Nullable Reading last;

	private final long node = ThreadLocalRandom.current().nextLong();

	/** The last sequence number. Written by every emitter. */
	private final AtomicLongArray sequence = new AtomicLongArray(2 * SEQUENCE);

	private final Runs runs;

	/**
	 * The last negative number, for ids of causes without an envelope and for envelopes
	 * without an emit.
	 */
	private final AtomicLong unnumbered = new AtomicLong();

	public EnvelopeSource(InstantSource clock, Ticker ticker, Runs runs) {
		this.clock = clock;
		this.system = ticker.source() == null
				&& (clock.equals(InstantSource.system()) || clock.equals(Clock.systemUTC()));
		this.runs = runs;
	}

	/** Creates an envelope; {@code emittedAt} is a time on the monotonic clock. */
	public Envelope<?> envelope(String name, @Nullable Object payload, long emittedAt, @Nullable Cause parent,
			@Nullable Object context, @Nullable EmitTracker tracker, @Nullable SpanMark span) {
		Object content = Payloads.asIs(payload);
		if (parent != null) {
			parent.identify(this);
		}
		Run run = this.runs.current();
		long number = this.sequence.incrementAndGet(SEQUENCE);
		if (context == null && tracker == null && run == null && span == null) {
			return new Envelope<>(this, name, content, number, emittedAt, parent);
		}
		return new Envelope.Accompanied<>(this, name, content, number, emittedAt, parent, context, tracker, run, span);
	}

	/** Creates the envelope of a replayed event, which keeps its number, id and time. */
	public Envelope<?> replayed(RecordedEvent event, @Nullable Object payload, long now) {
		return new Envelope.Recorded<>(this, Payloads.asIs(payload), event, known(event), now, true);
	}

	/**
	 * Creates the envelope of an event that was read back from the recording.
	 * {@code known} is {@code null} if an earlier process recorded the event.
	 */
	public Envelope<?> readBack(RecordedEvent event, @Nullable Object payload, long now, @Nullable SpilledEvent known) {
		long age = event.timestamp().until(this.clock.instant(), ChronoUnit.NANOS);
		return new Envelope.Recorded<>(this, Payloads.asIs(payload), event, (known != null) ? known : known(event),
				now - Math.max(0, age), false);
	}

	/** Returns the data that the recording has of an event without a spilled event. */
	private SpilledEvent known(RecordedEvent event) {
		String runId = event.runId();
		Run run = (runId != null) ? this.runs.run(runId, event.parentRunId()) : null;
		return new SpilledEvent(event.sequence(), event.sequence(), null, run, 0, null, null);
	}

	/**
	 * Returns the wall-clock time, in nanoseconds since 1970, of a time on the monotonic
	 * clock that is about now. Reading the system's clock costs as much as a short
	 * dispatch. So it is read about once a millisecond, and later emits of that
	 * millisecond add the time that has passed on the monotonic clock. A clock that the
	 * user supplied is read for each emit, since its rate is unknown.
	 */
	long epochNanos(long now) {
		Reading reading = this.last;
		if (reading != null) {
			long age = now - reading.at;
			if (age >= 0 && age < MAX_AGE) {
				return reading.epochNanos + age;
			}
		}
		Instant instant = this.clock.instant();
		long epochNanos = instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
		if (this.system && System.nanoTime() - now < MAX_READING) {
			this.last = new Reading(now, epochNanos);
		}
		return epochNanos;
	}

	/**
	 * Derives an id: a UUID version 7 whose random part is a hash of the sequence number
	 * and a random number of the router. The same arguments give the same id.
	 */
	UUID id(Instant timestamp, long sequence) {
		long high = (timestamp.toEpochMilli() << 16) | 0x7000L | (sequence & 0xFFF);
		long low = (mix(this.node + sequence) & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
		return new UUID(high, low);
	}

	/** Returns a new id for an emit without an envelope. */
	UUID id() {
		return id(this.clock.instant(), unnumbered());
	}

	/**
	 * Returns a new negative number, for an emit without an envelope or an envelope
	 * without an emit.
	 */
	long unnumbered() {
		return this.unnumbered.decrementAndGet();
	}

	/**
	 * The finalizer of SplitMix64: a bijection of 64 bits. Collisions in the 62 bits that
	 * an id keeps are improbable.
	 */
	static long mix(long value) {
		long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
		z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
		return z ^ (z >>> 31);
	}

	/** Readings of both clocks at the same moment. */
	private record Reading(long at, long epochNanos) {
	}

}
