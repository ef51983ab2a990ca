package io.telemetryrouter.internal.registry;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EventPattern;
import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.HandlerMode;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.HandlerStatus;
import io.telemetryrouter.LaneThread;
import io.telemetryrouter.QuarantineSnapshot;
import io.telemetryrouter.StuckCall;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.health.CircuitBreaker;
import io.telemetryrouter.internal.lane.Lane;
import io.telemetryrouter.internal.lane.LaneServices;
import io.telemetryrouter.internal.metrics.Counters;

/**
 * Reads the options and statistics of handlers. Uses the user's clock, so it is never
 * called under a lock.
 */
public record HandlerSnapshots(LaneServices services) {

	public HandlerSnapshot of(Handler handler, HandlerAccount account) {
		HandlerOptions options = handler.options;
		HandlerMetrics metrics = handler.metrics;
		Lane lane = handler.lane();
		CircuitBreaker breaker = handler.breaker;
		QuarantineSnapshot quarantine = (breaker != null) ? breaker.snapshot() : null;
		List<StuckCall> stuckCalls = metrics.stuckCalls.current();
		return new HandlerSnapshot(options.id, options.number,
				options.patterns.stream().map(EventPattern::toString).toList(), options.payloadType,
				(lane != null) ? HandlerMode.ASYNC : HandlerMode.SYNC, options.priority, options.times,
				(lane != null) ? lane.concurrency() : 1, options.overflow, (lane != null) ? thread(options) : null,
				(lane != null) ? lane.capacity() : 0, (lane != null) ? lane.spilled() : 0, oldestAge(lane), account,
				metrics.latency.snapshot(this.services.samples()),
				metrics.failedLatency.snapshot(this.services.samples()),
				metrics.queueWait.snapshot(this.services.samples()), metrics.counters.get(Counters.SLOW),
				metrics.failures.latestFirst(), status(handler, quarantine, stuckCalls), quarantine, stuckCalls,
				options.source, options.conditionText, lastSeen(handler, account.offered()));
	}

	/** Updates the time at which a handler was last offered an event. */
	public @Nullable Instant lastSeen(Handler handler, long offered) {
		return handler.metrics.lastSeen.update(offered, this.services.clock());
	}

	private LaneThread thread(HandlerOptions options) {
		return this.services.executor().isExternal() ? options.thread : LaneThread.PLATFORM;
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
		return (oldest != null) ? Duration.ofNanos(Math.max(0, this.services.ticker().now() - oldest.emittedAt))
				: Duration.ZERO;
	}

}
