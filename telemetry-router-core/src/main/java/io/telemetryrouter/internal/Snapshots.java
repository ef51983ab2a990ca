package io.telemetryrouter.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EventPattern;
import io.telemetryrouter.EventSnapshot;
import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.HandlerMode;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.HandlerStatus;
import io.telemetryrouter.LaneThread;
import io.telemetryrouter.QuarantineSnapshot;
import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.StuckCall;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.health.CircuitBreaker;
import io.telemetryrouter.internal.lane.Lane;
import io.telemetryrouter.internal.metrics.Counters;
import io.telemetryrouter.internal.registry.EventStatistics;
import io.telemetryrouter.internal.registry.Handler;
import io.telemetryrouter.internal.registry.HandlerMetrics;
import io.telemetryrouter.internal.registry.HandlerOptions;
import io.telemetryrouter.internal.registry.HandlerTable;

/**
 * Reads the statistics of a router.
 */
record Snapshots(RouterParts parts) {

	/** Updates the last-seen times of all handlers and events. */
	void updateLastSeen() {
		this.parts.routes.reconcile();
		this.parts.handlers.forEach(this::lastSeen);
		this.parts.events.forEach(this::lastSeen);
	}

	private @Nullable Instant lastSeen(Handler handler) {
		return handler.metrics.lastSeen.update(handler.metrics.counters.get(Counters.OFFERED), this.parts.clock);
	}

	private @Nullable Instant lastSeen(EventStatistics event) {
		return event.lastSeen.update(event.emitted(), this.parts.clock);
	}

	RouterSnapshot router() {
		reconcile();
		this.parts.routes.reconcile();
		Map<String, HandlerSnapshot> handlers = new LinkedHashMap<>();
		HandlerTable.Accounts all = this.parts.handlers.accounts();
		all.active().forEach((handler, account) -> handlers.put(handler.handlerId(), snapshot(handler, account)));
		Map<String, EventSnapshot> events = new LinkedHashMap<>();
		for (EventStatistics event : this.parts.events.all()) {
			events.put(event.name, snapshot(event));
		}
		return new RouterSnapshot(handlers, events, all.retired(), this.parts.held.size(), this.parts.defaults);
	}

	/** Returns the sum of all handlers' accounts, including retired handlers. */
	HandlerAccount total() {
		reconcile();
		HandlerTable.Accounts all = this.parts.handlers.accounts();
		return all.active().values().stream().reduce(all.retired(), HandlerAccount::plus);
	}

	/** Returns the number of unhandled events. */
	long unhandled() {
		this.parts.routes.reconcile();
		return this.parts.events.all().stream().mapToLong(EventStatistics::unhandled).sum();
	}

	@Nullable HandlerSnapshot handler(String id) {
		reconcile();
		Handler handler = this.parts.handlers.get(id);
		HandlerAccount account = (handler != null) ? this.parts.handlers.account(handler) : null;
		return (handler != null && account != null) ? snapshot(handler, account) : null;
	}

	@Nullable EventSnapshot event(String name) {
		EventStatistics event = this.parts.events.get(name);
		if (event == null) {
			return null;
		}
		this.parts.samples.record();
		this.parts.routes.reconcile(name);
		return snapshot(event);
	}

	private void reconcile() {
		this.parts.registry.check();
		DispatchStacks.reconcile();
		this.parts.samples.record();
	}

	private EventSnapshot snapshot(EventStatistics event) {
		List<String> handlers = this.parts.events.isOther(event) ? List.of() : this.parts.routes.handlerIds(event.name);
		return new EventSnapshot(event.name, event.emitted(), event.unhandled(), event.slowCount(), handlers,
				event.latency.snapshot(this.parts.samples), lastSeen(event));
	}

	private HandlerSnapshot snapshot(Handler handler, HandlerAccount account) {
		HandlerOptions options = handler.options;
		HandlerMetrics metrics = handler.metrics;
		Lane lane = handler.lane();
		CircuitBreaker breaker = handler.breaker;
		QuarantineSnapshot quarantine = (breaker != null) ? breaker.snapshot() : null;
		List<StuckCall> stuckCalls = metrics.stuckCalls.current();
		return new HandlerSnapshot(options.id, options.patterns.stream().map(EventPattern::toString).toList(),
				options.payloadType, (lane != null) ? HandlerMode.ASYNC : HandlerMode.SYNC, options.priority,
				options.times, (lane != null) ? lane.concurrency() : 1, options.overflow,
				(lane != null) ? thread(options) : null, (lane != null) ? lane.capacity() : 0,
				(lane != null) ? lane.spilled() : 0, oldestAge(lane), account,
				metrics.latency.snapshot(this.parts.samples), metrics.failedLatency.snapshot(this.parts.samples),
				metrics.queueWait.snapshot(this.parts.samples), metrics.counters.get(Counters.SLOW),
				metrics.failures.latestFirst(), status(handler, quarantine, stuckCalls), quarantine, stuckCalls,
				options.source, options.conditionText, lastSeen(handler));
	}

	private LaneThread thread(HandlerOptions options) {
		return this.parts.executor.isExternal() ? options.thread : LaneThread.PLATFORM;
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
		Envelope<?> oldest = (lane != null) ? lane.oldest() : null;
		return (oldest != null) ? Duration.ofNanos(Math.max(0, this.parts.ticker.now() - oldest.emittedAt))
				: Duration.ZERO;
	}

}
