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
 * Reports, once each, names that probably have no counterpart by mistake: events that are
 * unhandled, and handlers that were offered no event for minutes.
 * <p>
 * An event is reported at the second check that finds it unhandled, or at the close,
 * because its handler may be subscribed soon after the first emit. An event that was
 * handled before is not reported: its handler was removed. An event whose payload class
 * declares its name is not reported either: a library may emit events that the
 * application does not need.
 */
final class UnmatchedNames {

	/** Applies to events and to handlers separately. */
	private static final int MAX_LINES = 20;

	private static final long INTERVAL = TimeUnit.SECONDS.toNanos(10);

	private static final long PATIENCE = TimeUnit.MINUTES.toNanos(5);

	private final RouterParts parts;

	/** Guarded by this, like all fields below. */
	private long checkedAt;

	private Set<String> suspects = Set.of();

	private final Set<String> reported = new HashSet<>();

	private int reportedHandlers;

	/** The number of checks that have found emitted events. */
	private int busyChecks;

	UnmatchedNames(RouterParts parts) {
		this.parts = parts;
		this.checkedAt = parts.ticker.now();
	}

	synchronized void check() {
		long now = this.parts.ticker.now();
		if (now - this.checkedAt >= INTERVAL) {
			this.checkedAt = now;
			List<String> emitted = emitted();
			reportEvents(emitted, false);
			reportHandlers(emitted, now);
		}
	}

	/** Reports all unhandled events, since no further check follows. */
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
		if (emitted.isEmpty() || this.busyChecks++ < PATIENCE / INTERVAL) {
			// While no events are emitted, an uncalled handler is no sign of a mistake.
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

	/**
	 * Returns, once, whether a handler that is not for all events was offered none so
	 * far.
	 */
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
