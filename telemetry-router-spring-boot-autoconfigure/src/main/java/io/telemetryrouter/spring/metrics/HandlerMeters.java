package io.telemetryrouter.spring.metrics;

import java.util.Locale;
import java.util.function.LongConsumer;

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
 * @param handled takes the duration of each call that returned, in nanoseconds;
 * {@code null} if the timer has no histogram
 * @param failed the same for calls that threw
 * @param waited the same for the time that each event waited in the queue
 */
record HandlerMeters(Meters<HandlerReader> meters, @Nullable LongConsumer handled, @Nullable LongConsumer failed,
		@Nullable LongConsumer waited) {

	/**
	 * The tag value of all handlers with a generated id, and of the counts of removed
	 * handlers that are not kept by id.
	 */
	static final String ANONYMOUS = "_anonymous";

	/** The prefix of the numbered ids that the router generates. */
	private static final String NUMBERED = "handler-";

	static HandlerMeters bind(Meters<HandlerReader> meters, String tag, Tags common, boolean histogram,
			boolean waitHistogram) {
		Tags tags = common.and(Tag.HANDLER.asString(), tag);
		Tags handledTags = tags.and(Tag.OUTCOME.asString(), "handled");
		Tags failedTags = tags.and(Tag.OUTCOME.asString(), "failed");
		LongConsumer handled = meters.addTimer(TelemetryRouterMeter.HANDLER, handledTags, HandlerReader.HANDLED,
				histogram);
		LongConsumer failed = meters.addTimer(TelemetryRouterMeter.HANDLER, failedTags, HandlerReader.FAILED,
				handled != null || (histogram && meters.isLast()));
		meters.add(TelemetryRouterMeter.HANDLER_MAX, handledTags, HandlerReader.HANDLED);
		meters.add(TelemetryRouterMeter.HANDLER_MAX, failedTags, HandlerReader.FAILED);
		for (DropReason reason : DropReason.values()) {
			meters.add(TelemetryRouterMeter.DROPPED, tags.and(Tag.REASON.asString(), reason.label()), reason);
		}
		for (HandlerStatus status : HandlerStatus.values()) {
			meters.add(TelemetryRouterMeter.HANDLER_STATUS, tags.and(Tag.STATUS.asString(), label(status)), status);
		}
		meters.add(TelemetryRouterMeter.FILTERED, tags);
		LongConsumer waited = null;
		if (meters.source().mode() == HandlerMode.ASYNC) {
			meters.add(TelemetryRouterMeter.QUEUE_SIZE, tags);
			meters.add(TelemetryRouterMeter.QUEUE_SPILLED, tags);
			meters.add(TelemetryRouterMeter.QUEUE_CAPACITY, tags);
			meters.add(TelemetryRouterMeter.QUEUE_OLDEST_AGE, tags);
			waited = meters.addTimer(TelemetryRouterMeter.QUEUE_WAIT, tags, null, waitHistogram);
		}
		return new HandlerMeters(meters, handled, failed, waited);
	}

	/**
	 * Returns the tags of the gauge that counts the handlers with a mode and a status.
	 */
	static Tags tags(Tags common, HandlerMode mode, HandlerStatus status) {
		return common.and(Tag.MODE.asString(), label(mode), Tag.STATUS.asString(), label(status));
	}

	/** Returns the tag value of a handler. */
	static String tagOf(String handlerId) {
		boolean numbered = handlerId.startsWith(NUMBERED) && handlerId.length() > NUMBERED.length();
		for (int i = NUMBERED.length(); numbered && i < handlerId.length(); i++) {
			numbered = Character.isDigit(handlerId.charAt(i));
		}
		return numbered ? ANONYMOUS : handlerId;
	}

	private static String label(Enum<?> value) {
		return value.name().toLowerCase(Locale.ROOT);
	}

	HandlerReader source() {
		return this.meters.source();
	}

	void remove(boolean keep) {
		this.meters.remove(keep);
	}

}
