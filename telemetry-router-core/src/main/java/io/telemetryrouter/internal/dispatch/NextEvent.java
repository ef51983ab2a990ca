package io.telemetryrouter.internal.dispatch;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

import io.telemetryrouter.EventPattern;
import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.internal.support.Durations;

/**
 * The future of an awaited event. It is part of the routes of all matching events, but it
 * is no handler and has no account. It completes on a thread of the router, since its
 * dependent actions are user code.
 */
final class NextEvent extends CompletableFuture<TelemetryEvent<?>> {

	final EventPattern pattern;

	final Predicate<TelemetryEvent<?>> filter;

	private final Duration timeout;

	/** The end of the wait, on the clock of {@link System#nanoTime()}. */
	final long deadline;

	NextEvent(EventPattern pattern, Predicate<TelemetryEvent<?>> filter, Duration timeout, long deadline) {
		this.pattern = pattern;
		this.filter = filter;
		this.timeout = timeout;
		this.deadline = deadline;
	}

	void timeOut() {
		completeExceptionally(new TimeoutException("No matching event '" + this.pattern + "' within "
				+ Durations.printable(TimeUnit.NANOSECONDS.convert(this.timeout))));
	}

}
