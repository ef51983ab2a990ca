package io.telemetryrouter.internal.dispatch;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

import io.telemetryrouter.EventPattern;
import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.internal.event.DispatchFrame;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.health.Reporter;
import io.telemetryrouter.internal.health.Watchdog;
import io.telemetryrouter.internal.support.Durations;
import io.telemetryrouter.internal.support.Headroom;

/**
 * The pending futures of awaited events. Thread-safe.
 */
public final class NextEvents {

	private final RouteCache routes;

	private final Executor completions;

	private final Watchdog watchdog;

	private final Reporter reporter;

	private final long filterNumber;

	/** The thread that removes a future from the set completes it. */
	private final Set<Pending> pending = ConcurrentHashMap.newKeySet();

	private volatile boolean closed;

	public NextEvents(RouteCache routes, Executor completions, Watchdog watchdog, Reporter reporter,
			long filterNumber) {
		this.routes = routes;
		this.completions = completions;
		this.watchdog = watchdog;
		this.reporter = reporter;
		this.filterNumber = filterNumber;
	}

	public CompletableFuture<TelemetryEvent<?>> await(EventPattern pattern, Predicate<TelemetryEvent<?>> filter,
			Duration timeout) {
		long deadline = System.nanoTime() + TimeUnit.NANOSECONDS.convert(timeout);
		Pending next = new Pending(pattern, filter, timeout, deadline);
		this.routes.await(next, true);
		add(next);
		next.whenComplete((event, ex) -> {
			// Cancelled or completed by the user.
			if (this.pending.remove(next)) {
				this.routes.await(next, false);
			}
		});
		this.watchdog.wakeBy(deadline);
		return next;
	}

	private void add(Pending next) {
		this.pending.add(next);
		if (this.closed) {
			// close() may have cancelled the pending futures before this one was added.
			next.cancel(false);
		}
	}

	/**
	 * Offers an event to the futures of its route. Their filters are user code: an
	 * exception of a filter is reported and does not affect the others.
	 */
	void offer(Route route, Envelope<?> event, DispatchFrame frame) {
		frame.running(this.filterNumber);
		for (Pending next : route.awaited) {
			try {
				// Before the removal, since a removed future must complete.
				Headroom.requireForTwo();
				if (this.pending.contains(next) && next.filter.test(event) && this.pending.remove(next)) {
					complete(next, () -> next.complete(event));
				}
			}
			catch (Throwable ex) {
				if (!next.isDone()) {
					// Removed, and not completed for lack of stack: the watchdog ends it.
					add(next);
				}
				this.reporter.callbackFailed("Filter of an awaited event", ex);
			}
		}
	}

	/** Completes a future on the executor: its dependent actions are user code. */
	private void complete(Pending next, Runnable completion) {
		try {
			this.routes.await(next, false);
		}
		finally {
			this.completions.execute(completion);
		}
	}

	/** Completes the futures whose timeout has expired. Called by the watchdog. */
	public void check() {
		long now = System.nanoTime();
		for (Pending next : this.pending) {
			if (next.deadline - now > 0) {
				this.watchdog.wakeBy(next.deadline);
			}
			else if (this.pending.remove(next)) {
				complete(next,
						() -> next.completeExceptionally(new TimeoutException("No matching event '" + next.pattern
								+ "' within " + Durations.printable(TimeUnit.NANOSECONDS.convert(next.timeout)))));
			}
		}
	}

	public void close() {
		this.closed = true;
		this.pending.forEach((next) -> next.cancel(false));
	}

	/**
	 * The future of an awaited event. It is part of the routes of all matching events,
	 * but it is no handler and has no account. It completes on a thread of the router,
	 * since its dependent actions are user code.
	 */
	static final class Pending extends CompletableFuture<TelemetryEvent<?>> {

		final EventPattern pattern;

		private final Predicate<TelemetryEvent<?>> filter;

		private final Duration timeout;

		/** The end of the wait, on the clock of {@link System#nanoTime()}. */
		private final long deadline;

		Pending(EventPattern pattern, Predicate<TelemetryEvent<?>> filter, Duration timeout, long deadline) {
			this.pattern = pattern;
			this.filter = filter;
			this.timeout = timeout;
			this.deadline = deadline;
		}

	}

}
