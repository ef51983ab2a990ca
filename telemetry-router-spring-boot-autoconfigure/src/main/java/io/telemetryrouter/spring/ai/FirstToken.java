package io.telemetryrouter.spring.ai;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/**
 * When the first token of a stream came. It goes with an observation.
 */
final class FirstToken {

	private final long start = System.nanoTime();

	/** Nanoseconds after the start; negative before the first token. */
	private final AtomicLong time = new AtomicLong(-1);

	void arrived() {
		if (this.time.get() < 0) {
			this.time.compareAndSet(-1, System.nanoTime() - this.start);
		}
	}

	@Nullable Duration time() {
		long nanos = this.time.get();
		return (nanos < 0) ? null : Duration.ofNanos(nanos);
	}

}
