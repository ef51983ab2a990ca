package io.telemetryrouter.internal.dispatch;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import io.telemetryrouter.EventPattern;
import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.health.Reporter;
import io.telemetryrouter.internal.health.Watchdog;
import io.telemetryrouter.internal.support.Headroom;

/**
 * The events that are awaited by futures. Thread-safe.
 */
public final class NextEvents implements Watchdog.Check {

	private final Routes routes;

	private final Executor completions;

	private final Watchdog watchdog;

	private final Reporter reporter;

	private final Set<NextEvent> pending = ConcurrentHashMap.newKeySet();

	private volatile boolean closed;

	/**
	 * Creates the awaited events.
	 * @param routes the routes that lead to them
	 * @param completions runs what depends on futures; never refuses
	 * @param watchdog tells when their time is up
	 * @param reporter reports filters that fail
	 */
	public NextEvents(Routes routes, Executor completions, Watchdog watchdog, Reporter reporter) {
		this.routes = routes;
		this.completions = completions;
		this.watchdog = watchdog;
		this.reporter = reporter;
	}

	/**
	 * Awaits an event.
	 * @param pattern what its name matches
	 * @param filter which event is meant
	 * @param timeout how long to wait
	 * @return the future
	 */
	public CompletableFuture<TelemetryEvent<?>> await(EventPattern pattern, Predicate<TelemetryEvent<?>> filter,
			Duration timeout) {
		long deadline = System.nanoTime() + TimeUnit.NANOSECONDS.convert(timeout);
		NextEvent next = new NextEvent(pattern, filter, timeout, deadline);
		this.pending.add(next);
		this.routes.await(next, true);
		next.whenComplete((event, ex) -> end(next));
		this.watchdog.wakeBy(deadline);
		if (this.closed) {
			// The close may have cancelled what was awaited just before.
			next.cancel(false);
		}
		return next;
	}

	/**
	 * Offers an event to the futures that its route leads to. Their filters are the
	 * user's code.
	 * @param route the route
	 * @param event the event
	 */
	void offer(Route route, Envelope<?> event) {
		for (NextEvent next : route.awaited) {
			try {
				// Before the claim: a future that is claimed must complete.
				Headroom.requireForTwo();
				if (next.claims(event)) {
					complete(next, event);
				}
			}
			catch (Throwable ex) {
				this.reporter.callbackFailed("Filter of an awaited event", ex);
			}
		}
	}

	private void complete(NextEvent next, Envelope<?> event) {
		try {
			end(next);
		}
		finally {
			this.completions.execute(() -> next.complete(event));
		}
	}

	private void end(NextEvent next) {
		if (this.pending.remove(next)) {
			this.routes.await(next, false);
		}
	}

	/**
	 * Ends the futures whose time is up.
	 */
	@Override
	public void look() {
		long now = System.nanoTime();
		for (NextEvent next : this.pending) {
			if (next.deadline() - now > 0) {
				this.watchdog.wakeBy(next.deadline());
			}
			else if (next.claim()) {
				this.completions.execute(next::timeOut);
			}
		}
	}

	/**
	 * Cancels all futures, and those that are still to come.
	 */
	public void close() {
		this.closed = true;
		this.pending.forEach((next) -> next.cancel(false));
	}

}
