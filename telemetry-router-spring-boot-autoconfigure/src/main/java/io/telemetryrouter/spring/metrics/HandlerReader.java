package io.telemetryrouter.spring.metrics;

import io.micrometer.core.instrument.Meter;
import org.jspecify.annotations.Nullable;

import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.HandlerMode;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.HandlerStatus;
import io.telemetryrouter.LatencySnapshot;
import io.telemetryrouter.TelemetryRouter;

/**
 * Reads the statistics of one handler. While the handler leaves it returns the last
 * counts read, and then the final ones. A handler that has left has no status, queue or
 * longest call.
 */
final class HandlerReader implements SharedSeries.Source {

	/**
	 * The detail of meters of calls that returned; {@link #FAILED} of those that threw.
	 */
	static final Object HANDLED = "handled";

	static final Object FAILED = "failed";

	private final TelemetryRouter router;

	/** Writes are guarded by this. */
	private volatile HandlerSnapshot last;

	/** Whether {@link #last} is final. Writes are guarded by this. */
	private volatile boolean removed;

	HandlerReader(TelemetryRouter router, HandlerSnapshot first) {
		this.router = router;
		this.last = first;
	}

	String id() {
		return this.last.id();
	}

	HandlerMode mode() {
		return this.last.mode();
	}

	/** Returns the status, or {@code null} if the handler has left. */
	@Nullable HandlerStatus status() {
		HandlerSnapshot current = current();
		return (current != null) ? current.status() : null;
	}

	/** Takes the final account. The router is not read any more. */
	synchronized void remove(HandlerSnapshot handler) {
		this.last = handler;
		this.removed = true;
	}

	private synchronized void update(HandlerSnapshot current) {
		if (!this.removed) {
			this.last = current;
		}
	}

	@Override
	public double value(TelemetryRouterMeter meter, @Nullable Object detail) {
		HandlerSnapshot current = current();
		if (current == null && meter.getType() == Meter.Type.GAUGE) {
			return 0;
		}
		HandlerSnapshot handler = (current != null) ? current : this.last;
		HandlerAccount account = handler.account();
		return switch (meter) {
			case HANDLER -> (detail == FAILED) ? account.failed() : account.handled();
			case HANDLER_MAX -> latency(handler, detail).maxNanos();
			case DROPPED -> account.dropped().getOrDefault(detail, 0L);
			case FILTERED -> account.filtered();
			case HANDLER_STATUS -> (handler.status() == detail) ? 1 : 0;
			case QUEUE_SIZE -> handler.queueSize();
			case QUEUE_SPILLED -> handler.spilled();
			case QUEUE_CAPACITY -> handler.queueCapacity();
			case QUEUE_OLDEST_AGE -> handler.oldestAge().toNanos();
			case QUEUE_WAIT -> handler.queueWait().count();
			default -> throw new IllegalArgumentException(meter + " is not a meter of a handler");
		};
	}

	@Override
	public double total(TelemetryRouterMeter meter, @Nullable Object detail) {
		HandlerSnapshot current = current();
		HandlerSnapshot handler = (current != null) ? current : this.last;
		if (meter == TelemetryRouterMeter.QUEUE_WAIT) {
			return handler.queueWait().totalNanos();
		}
		return (meter == TelemetryRouterMeter.HANDLER) ? latency(handler, detail).totalNanos() : 0;
	}

	private static LatencySnapshot latency(HandlerSnapshot handler, @Nullable Object outcome) {
		return (outcome == FAILED) ? handler.failedLatency() : handler.latency();
	}

	/** Returns the current values, or {@code null} if the handler has left. */
	private @Nullable HandlerSnapshot current() {
		HandlerSnapshot known = this.last;
		HandlerSnapshot current = this.removed ? null : this.router.handlerSnapshot(known.id());
		// Another handler may have the id now.
		if (current == null || current.number() != known.number()) {
			return null;
		}
		update(current);
		return current;
	}

}
