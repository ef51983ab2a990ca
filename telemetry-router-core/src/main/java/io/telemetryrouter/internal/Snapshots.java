package io.telemetryrouter.internal;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EventPattern;
import io.telemetryrouter.EventSnapshot;
import io.telemetryrouter.HandlerMode;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.HandlerStatus;
import io.telemetryrouter.LatencySnapshot;
import io.telemetryrouter.QuarantineSnapshot;
import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.StuckCall;
import io.telemetryrouter.internal.dispatch.Route;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.health.CircuitBreaker;
import io.telemetryrouter.internal.lane.Lane;
import io.telemetryrouter.internal.metrics.Counters;
import io.telemetryrouter.internal.registry.Accounts;
import io.telemetryrouter.internal.registry.EventStatistics;
import io.telemetryrouter.internal.registry.HandlerRegistry;
import io.telemetryrouter.internal.registry.Handler;

/**
 * Reads the numbers of a router.
 */
final class Snapshots {

	private final RouterCore core;

	private final HandlerRegistry registry;

	Snapshots(RouterCore core) {
		this.core = core;
		this.registry = core.registry();
	}

	RouterSnapshot router(int held) {
		this.registry.sweep();
		this.core.frames().payOwed();
		this.registry.settle();
		Map<String, HandlerSnapshot> handlers = new LinkedHashMap<>();
		for (Handler handler : this.registry.handlers()) {
			if (!handler.internal) {
				handlers.put(handler.id, snapshot(handler));
			}
		}
		Map<String, EventSnapshot> events = new LinkedHashMap<>();
		for (EventStatistics tally : this.registry.tallies().all()) {
			events.put(tally.name, snapshot(tally));
		}
		RouterSettings settings = this.core.settings();
		return new RouterSnapshot(handlers, events, this.registry.departures().total(this.core.frames()), held,
				new RouterSnapshot.Defaults(settings.maxHandlerQueue(), settings.defaultPriority(),
						settings.overflow()));
	}

	@Nullable HandlerSnapshot handler(String id) {
		this.registry.sweep();
		this.core.frames().payOwed();
		Handler handler = this.registry.named(id);
		return (handler != null) ? snapshot(handler) : null;
	}

	@Nullable EventSnapshot event(String name) {
		EventStatistics tally = this.registry.tallies().get(name);
		if (tally == null) {
			return null;
		}
		Route route = this.registry.find(name);
		if (route != null) {
			route.settle();
		}
		this.registry.retired().settle();
		return snapshot(tally);
	}

	private EventSnapshot snapshot(EventStatistics tally) {
		List<String> handlers = this.registry.tallies().isOther(tally) ? List.of() : this.registry.handlerIds(tally);
		return new EventSnapshot(tally.name, tally.emitted(), tally.unhandled(), tally.slowCount(), handlers,
				tally.latency.snapshot());
	}

	private HandlerSnapshot snapshot(Handler handler) {
		Lane lane = handler.lane();
		CircuitBreaker guard = handler.quarantine();
		QuarantineSnapshot quarantine = (guard != null) ? guard.snapshot() : null;
		List<StuckCall> stuckCalls = handler.stuckCalls.current();
		return new HandlerSnapshot(handler.id, handler.patterns.stream().map(EventPattern::toString).toList(),
				handler.payloadType, (lane != null) ? HandlerMode.ASYNC : HandlerMode.SYNC, handler.priority,
				handler.times, (lane != null) ? lane.concurrency() : 1, handler.overflow(),
				(lane != null) ? lane.queue().capacity() : 0, oldestAge(lane), Accounts.of(handler, this.core.frames()),
				handler.latency.snapshot(), handler.failedLatency.snapshot(),
				(lane != null) ? lane.queueWait().snapshot() : LatencySnapshot.EMPTY,
				handler.counters().get(Counters.SLOW), handler.failures(), status(handler, quarantine, stuckCalls),
				quarantine, stuckCalls);
	}

	private static HandlerStatus status(Handler handler, @Nullable QuarantineSnapshot quarantine,
			List<StuckCall> stuckCalls) {
		if (handler.isPaused()) {
			return HandlerStatus.PAUSED;
		}
		if (!stuckCalls.isEmpty()) {
			return HandlerStatus.STUCK;
		}
		return (quarantine != null) ? HandlerStatus.QUARANTINED : HandlerStatus.ACTIVE;
	}

	private Duration oldestAge(@Nullable Lane lane) {
		Envelope<?> oldest = (lane != null) ? lane.queue().peek() : null;
		return (oldest != null) ? Duration.ofNanos(Math.max(0, this.core.now() - oldest.emittedAt)) : Duration.ZERO;
	}

}
