package io.telemetryrouter.internal;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.telemetryrouter.EventPattern;
import io.telemetryrouter.NearestName;
import io.telemetryrouter.internal.registry.EventStatistics;
import io.telemetryrouter.internal.registry.Handler;

/**
 * Reports, once each, names that probably have no counterpart by mistake: events that no
 * handler means, and handlers that no event has reached for minutes.
 * <p>
 * An event is reported at the second look that finds it dead, or at the close: its
 * handler may be about to be subscribed. One that was heard before is not: its handler
 * has left. Nor is one whose payload declares its name: a library may emit more events
 * than an application asks for.
 */
final class UnmatchedNames {

	/** For each of the two kinds. */
	private static final int MAX_LINES = 20;

	private static final long INTERVAL = TimeUnit.SECONDS.toNanos(10);

	private static final long PATIENCE = TimeUnit.MINUTES.toNanos(5);

	private final RouterParts parts;

	/** Guarded by this, as all that follows. */
	private long lookedAt;

	private Set<String> suspects = Set.of();

	private final Set<String> reported = new HashSet<>();

	private int reportedHandlers;

	/** How many looks have found that events are emitted. */
	private int busyLooks;

	UnmatchedNames(RouterParts parts) {
		this.parts = parts;
		this.lookedAt = parts.ticker.now();
	}

	synchronized void check() {
		long now = this.parts.ticker.now();
		if (now - this.lookedAt >= INTERVAL) {
			this.lookedAt = now;
			List<String> emitted = emitted();
			reportEvents(emitted, false);
			reportHandlers(emitted, now);
		}
	}

	/** Reports the events that no further look will find. */
	synchronized void close() {
		reportEvents(emitted(), true);
	}

	private List<String> emitted() {
		this.parts.routes.reconcile();
		return this.parts.events.all()
			.stream()
			.filter((event) -> event.emitted() != 0 && !this.parts.events.isOther(event))
			.map((event) -> event.name)
			.toList();
	}

	private void reportEvents(List<String> emitted, boolean last) {
		Set<String> dead = new HashSet<>();
		for (String event : emitted) {
			if (this.reported.size() > MAX_LINES) {
				return;
			}
			if (!this.reported.contains(event) && isDead(event)) {
				dead.add(event);
				if (last || this.suspects.contains(event)) {
					report(event);
				}
			}
		}
		this.suspects = dead;
	}

	private boolean isDead(String event) {
		EventStatistics statistics = this.parts.events.get(event);
		return statistics != null && !statistics.declared && statistics.unhandled() == statistics.emitted()
				&& this.parts.routes.isDead(event);
	}

	private void report(String event) {
		this.reported.add(event);
		if (this.reported.size() > MAX_LINES) {
			this.parts.reporter.moreUnmatched("events", "unhandled");
			return;
		}
		List<String> known = this.parts.handlers.active()
			.stream()
			.flatMap((handler) -> handler.options.patterns.stream())
			.filter(EventPattern::isExact)
			.map(EventPattern::toString)
			.toList();
		boolean heard = !this.parts.routes.handlerIds(event).isEmpty();
		this.parts.reporter.unheard(event, heard, NearestName.of(event, known));
	}

	private void reportHandlers(List<String> emitted, long now) {
		if (emitted.isEmpty() || this.busyLooks++ < PATIENCE / INTERVAL) {
			// While nothing happens in the application, no handler stands out.
			return;
		}
		for (Handler handler : this.parts.handlers.active()) {
			if (this.reportedHandlers > MAX_LINES) {
				return;
			}
			if (isUncalled(handler, now)) {
				report(handler, emitted);
			}
		}
	}

	/** Returns, once, whether a handler of certain events was offered none for long. */
	private static boolean isUncalled(Handler handler, long now) {
		if (handler.judged || now - handler.registeredAt < PATIENCE || handler.isPaused()) {
			return false;
		}
		handler.judged = true;
		return handler.options.patterns.stream().noneMatch(EventPattern.ALL::equals)
				&& handler.account().offered() == 0;
	}

	private void report(Handler handler, List<String> emitted) {
		this.reportedHandlers++;
		if (this.reportedHandlers > MAX_LINES) {
			this.parts.reporter.moreUnmatched("handlers", "offered");
			return;
		}
		List<String> patterns = handler.options.patterns.stream().map(EventPattern::toString).toList();
		String nearest = patterns.stream()
			.map((pattern) -> NearestName.of(pattern, emitted))
			.filter(Objects::nonNull)
			.findFirst()
			.orElse(null);
		this.parts.reporter.uncalled(handler.handlerId(), patterns, PATIENCE, nearest);
	}

}
