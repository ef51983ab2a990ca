package io.telemetryrouter.spring.metrics;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.HandlerMode;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.HandlerStatus;
import io.telemetryrouter.LatencySnapshot;
import io.telemetryrouter.TelemetryRouter;

/**
 * Reads the statistics of one handler. After the handler was removed it returns the last
 * values read, so no counter decreases before its meters are removed.
 */
final class HandlerReader implements SharedSeries.Source {

	/**
	 * The detail of meters of calls that returned; {@link #FAILED} of those that threw.
	 */
	static final Object HANDLED = "handled";

	static final Object FAILED = "failed";

	private final TelemetryRouter router;

	private volatile HandlerSnapshot last;

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

	HandlerStatus status() {
		return read().status();
	}

	@Override
	public double value(TelemetryRouterMeter meter, @Nullable Object detail) {
		HandlerSnapshot handler = read();
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
		HandlerSnapshot handler = read();
		if (meter == TelemetryRouterMeter.QUEUE_WAIT) {
			return handler.queueWait().totalNanos();
		}
		return (meter == TelemetryRouterMeter.HANDLER) ? latency(handler, detail).totalNanos() : 0;
	}

	private static LatencySnapshot latency(HandlerSnapshot handler, @Nullable Object outcome) {
		return (outcome == FAILED) ? handler.failedLatency() : handler.latency();
	}

	private HandlerSnapshot read() {
		HandlerSnapshot current = this.router.handlerSnapshot(this.last.id());
		if (current != null) {
			this.last = current;
			return current;
		}
		return this.last;
	}

}
