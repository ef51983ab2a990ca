package io.telemetryrouter.spring.metrics;

import java.util.Locale;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;

import io.micrometer.core.instrument.Tags;
import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.HandlerMode;
import io.telemetryrouter.HandlerStatus;
import io.telemetryrouter.spring.metrics.TelemetryRouterMeter.Tag;

/**
 * The meters of one handler in one registry.
 *
 * @param meters all of them
 * @param handled who wants every single call that returned, if anyone
 * @param failed who wants every single call that threw, if anyone
 */
record HandlerMeters(Meters<HandlerReader> meters, @Nullable LongConsumer handled, @Nullable LongConsumer failed) {

	/**
	 * The tag value that handlers without an id of their own share.
	 */
	static final String ANONYMOUS = "_anonymous";

	/** Ids that the router gives. */
	private static final Pattern NUMBERED = Pattern.compile("handler-\\d+");

	static HandlerMeters bind(Meters<HandlerReader> meters, Tags common, boolean histogram) {
		Tags tags = common.and(Tag.HANDLER.asString(), tagOf(meters.source().id()));
		Tags handledTags = tags.and(Tag.OUTCOME.asString(), "handled");
		Tags failedTags = tags.and(Tag.OUTCOME.asString(), "failed");
		LongConsumer handled = meters.timer(TelemetryRouterMeter.HANDLER, handledTags, HandlerReader::handled,
				HandlerReader::handledNanos, histogram);
		LongConsumer failed = meters.timer(TelemetryRouterMeter.HANDLER, failedTags, HandlerReader::failed,
				HandlerReader::failedNanos, handled != null);
		meters.timeGauge(TelemetryRouterMeter.HANDLER_MAX, handledTags, HandlerReader::handledMaxNanos);
		meters.timeGauge(TelemetryRouterMeter.HANDLER_MAX, failedTags, HandlerReader::failedMaxNanos);
		for (DropReason reason : DropReason.values()) {
			meters.counter(TelemetryRouterMeter.DROPPED, tags.and(Tag.REASON.asString(), reason.label()),
					(handler) -> handler.dropped(reason));
		}
		for (HandlerStatus status : HandlerStatus.values()) {
			meters.gauge(TelemetryRouterMeter.HANDLER_STATUS, tags.and(Tag.STATUS.asString(), label(status)),
					(handler) -> (handler.status() == status) ? 1 : 0);
		}
		meters.counter(TelemetryRouterMeter.FILTERED, tags, HandlerReader::filtered);
		if (meters.source().mode() == HandlerMode.ASYNC) {
			meters.gauge(TelemetryRouterMeter.QUEUE_SIZE, tags, HandlerReader::queued);
			meters.gauge(TelemetryRouterMeter.QUEUE_SPILLED, tags, HandlerReader::spilled);
			meters.gauge(TelemetryRouterMeter.QUEUE_CAPACITY, tags, HandlerReader::queueCapacity);
			meters.timeGauge(TelemetryRouterMeter.QUEUE_OLDEST_AGE, tags, HandlerReader::oldestAgeNanos);
			meters.timer(TelemetryRouterMeter.QUEUE_WAIT, tags, HandlerReader::waited, HandlerReader::waitedNanos);
		}
		return new HandlerMeters(meters, handled, failed);
	}

	/**
	 * Returns the tags of the handlers of a mode that have a status.
	 */
	static Tags tags(Tags common, HandlerMode mode, HandlerStatus status) {
		return common.and(Tag.MODE.asString(), label(mode), Tag.STATUS.asString(), label(status));
	}

	private static String tagOf(String handlerId) {
		return NUMBERED.matcher(handlerId).matches() ? ANONYMOUS : handlerId;
	}

	private static String label(Enum<?> value) {
		return value.name().toLowerCase(Locale.ROOT);
	}

	HandlerReader source() {
		return this.meters.source();
	}

	void remove() {
		this.meters.remove();
	}

}
