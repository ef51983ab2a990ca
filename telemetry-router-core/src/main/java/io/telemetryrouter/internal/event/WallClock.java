package io.telemetryrouter.internal.event;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.support.Ticker;

/**
 * The wall-clock time of an emit. The system's clock costs as much as a short dispatch,
 * so it is read once a millisecond at most; to later emits of that millisecond the
 * monotonic clock's progress is added. A clock that the user gave is read for each emit:
 * nothing is known of its progress.
 */
final class WallClock {

	private static final long MAX_AGE = TimeUnit.MILLISECONDS.toNanos(1);

	/** A thread that lost its processor between the two clocks must not set the time. */
	private static final long MAX_READING = TimeUnit.MICROSECONDS.toNanos(10);

	private final InstantSource clock;

	private final boolean system;

	private volatile @Nullable Reading last;

	WallClock(InstantSource clock, Ticker ticker) {
		this.clock = clock;
		this.system = ticker.source() == null
				&& (clock.equals(InstantSource.system()) || clock.equals(Clock.systemUTC()));
	}

	/** Returns the nanoseconds since 1970 at a time on the monotonic clock, now. */
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

	/** Both clocks at the same moment. */
	private record Reading(long at, long epochNanos) {
	}

}
