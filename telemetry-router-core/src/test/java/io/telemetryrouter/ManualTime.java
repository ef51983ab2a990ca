package io.telemetryrouter;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Wall clock and nanosecond time source that only a test advances. Thread-safe.
 */
final class ManualTime implements LongSupplier, InstantSource {

	private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

	/** A monotonic clock begins anywhere. */
	private static final long ORIGIN = 86_400_000_000_007L;

	private final AtomicLong nanos = new AtomicLong(ORIGIN);

	/**
	 * Returns a builder of a router that lives by this time.
	 * @return the builder
	 */
	TelemetryRouterBuilder router() {
		return TelemetryRouter.builder().nanoTime(this).clock(this);
	}

	void advance(Duration time) {
		this.nanos.addAndGet(time.toNanos());
	}

	@Override
	public long getAsLong() {
		return this.nanos.get();
	}

	@Override
	public Instant instant() {
		return START.plusNanos(this.nanos.get() - ORIGIN);
	}

}
