package io.telemetryrouter.internal.support;

import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * The monotonic clock of a router. The system's clock is called directly, so that the
 * compiler can inline the call.
 */
public final class Ticker {

	private final @Nullable LongSupplier source;

	/**
	 * Creates a ticker.
	 * @param source the source of nanoseconds, or {@code null} for
	 * {@link System#nanoTime()}
	 */
	public Ticker(@Nullable LongSupplier source) {
		this.source = source;
	}

	/**
	 * Returns the time.
	 * @return nanoseconds since some fixed moment
	 */
	public long now() {
		return (this.source != null) ? this.source.getAsLong() : System.nanoTime();
	}

}
