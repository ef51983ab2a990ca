package io.telemetryrouter.internal.support;

import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * The monotonic clock of a router: a source of nanoseconds, by default
 * {@link System#nanoTime()}, which is called directly so that the compiler can inline it.
 */
public record Ticker(@Nullable LongSupplier source) {

	/** Returns nanoseconds since a fixed, arbitrary time. */
	public long now() {
		return (this.source != null) ? this.source.getAsLong() : System.nanoTime();
	}

}
