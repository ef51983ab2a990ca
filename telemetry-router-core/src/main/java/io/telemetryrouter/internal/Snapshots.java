package io.telemetryrouter.internal;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EventSnapshot;
import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.metrics.Counters;
import io.telemetryrouter.internal.registry.EventStatistics;
import io.telemetryrouter.internal.registry.Handler;
import io.telemetryrouter.internal.registry.HandlerTable;

/**
 * Reads the statistics of a router.
 */
record Snapshots(RouterParts parts) {

	/** Updates the last-seen times of all handlers and events. */
	void updateLastSeen() {
		this.parts.routes.reconcile();
		this.parts.handlers.forEach((handler) -> this.parts.registry.snapshots.lastSeen(handler,
				handler.metrics.counters.get(Counters.OFFERED)));
		this.parts.events.forEach(this::lastSeen);
	}

	private @Nullable Instant lastSeen(EventStatistics event) {
		return event.lastSeen.update(event.emitted(), this.parts.clock);
	}

	RouterSnapshot router() {
		reconcile();
		this.parts.routes.reconcile();
		Map<String, HandlerSnapshot> handlers = new LinkedHashMap<>();
		HandlerTable.Accounts all = this.parts.handlers.accounts();
		all.active()
			.forEach((handler, account) -> handlers.put(handler.handlerId(),
					this.parts.registry.snapshots.of(handler, account)));
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
		return (handler != null) ? this.parts.registry.snapshots.of(handler, handler.account()) : null;
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
		this.parts.registry.retireAll();
		DispatchStacks.reconcile();
		this.parts.samples.record();
	}

	private EventSnapshot snapshot(EventStatistics event) {
		List<String> handlers = this.parts.events.isOther(event) ? List.of() : this.parts.routes.handlerIds(event.name);
		return new EventSnapshot(event.name, event.emitted(), event.unhandled(), event.slowCount(), handlers,
				event.latency.snapshot(this.parts.samples), lastSeen(event));
	}

}
