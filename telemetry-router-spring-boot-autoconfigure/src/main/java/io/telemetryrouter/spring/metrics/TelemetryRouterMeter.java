package io.telemetryrouter.spring.metrics;

import java.util.List;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.docs.MeterDocumentation;
import org.jspecify.annotations.Nullable;

/**
 * The router's meters.
 *
 * @since 0.1.0
 */
public enum TelemetryRouterMeter implements MeterDocumentation {

	/**
	 * Time that dispatches took on the emitting thread. Counts every emitted event; an
	 * event without a matching handler adds no time.
	 */
	DISPATCH("telemetry.router.dispatch", Meter.Type.TIMER, "How long dispatches took the emitter", null, Tag.EVENT),

	/**
	 * How long the longest dispatch took since the start or the last reset.
	 */
	DISPATCH_MAX("telemetry.router.dispatch.max", Meter.Type.GAUGE,
			"How long the longest dispatch took since the start or the last reset", null, Tag.EVENT),

	/**
	 * How many dispatches were over the slow threshold.
	 */
	SLOW("telemetry.router.slow", Meter.Type.COUNTER, "How many dispatches were over the slow threshold", Unit.EVENTS,
			Tag.EVENT),

	/**
	 * Number of events without a matching handler other than {@code **} handlers.
	 */
	UNHANDLED("telemetry.router.unhandled", Meter.Type.COUNTER,
			"How many events had no matching handler other than '**' handlers", Unit.EVENTS),

	/**
	 * Number of spans that have begun, have not ended and are not dangling.
	 */
	SPANS_OPEN("telemetry.router.spans.open", Meter.Type.GAUGE, "How many spans have begun and not ended", Unit.SPANS),

	/**
	 * How many spans were reported because they did not end.
	 */
	SPANS_DANGLING("telemetry.router.spans.dangling", Meter.Type.COUNTER,
			"How many spans were reported because they did not end", Unit.SPANS),

	/**
	 * Number of handlers. Each handler is counted in exactly one of the series.
	 */
	HANDLERS("telemetry.router.handlers", Meter.Type.GAUGE, "How many handlers there are", Unit.HANDLERS, Tag.MODE,
			Tag.STATUS),

	/**
	 * Whether a handler has a status.
	 */
	HANDLER_STATUS("telemetry.router.handler.status", Meter.Type.GAUGE, "Whether a handler has a status: 1 or 0", null,
			Tag.HANDLER, Tag.STATUS),

	/**
	 * How long calls of a handler took.
	 */
	HANDLER("telemetry.router.handler", Meter.Type.TIMER, "How long calls of a handler took", null, Tag.HANDLER,
			Tag.OUTCOME),

	/**
	 * How long the longest call of a handler took since its registration or the last
	 * reset.
	 */
	HANDLER_MAX("telemetry.router.handler.max", Meter.Type.GAUGE,
			"How long the longest call of a handler took since its registration or the last reset", null, Tag.HANDLER,
			Tag.OUTCOME),

	/**
	 * Number of events that were dropped instead of handled.
	 */
	DROPPED("telemetry.router.handler.dropped", Meter.Type.COUNTER, "How many events a handler did not receive",
			Unit.EVENTS, Tag.HANDLER, Tag.REASON),

	/**
	 * How many events a handler's condition rejected.
	 */
	FILTERED("telemetry.router.handler.filtered", Meter.Type.COUNTER, "How many events a handler's condition rejected",
			Unit.EVENTS, Tag.HANDLER),

	/**
	 * How many events wait in a handler's queue.
	 */
	QUEUE_SIZE("telemetry.router.queue.size", Meter.Type.GAUGE, "How many events wait in a handler's queue",
			Unit.EVENTS, Tag.HANDLER),

	/**
	 * Number of events that wait in the journal because a handler has fallen behind.
	 */
	QUEUE_SPILLED("telemetry.router.queue.spilled", Meter.Type.GAUGE,
			"How many events wait in the journal because a handler has fallen behind", Unit.EVENTS, Tag.HANDLER),

	/**
	 * How many events may wait in a handler's queue.
	 */
	QUEUE_CAPACITY("telemetry.router.queue.capacity", Meter.Type.GAUGE, "How many events may wait in a handler's queue",
			Unit.EVENTS, Tag.HANDLER),

	/**
	 * Time that the oldest event in a handler's queue has waited.
	 */
	QUEUE_OLDEST_AGE("telemetry.router.queue.oldest.age", Meter.Type.GAUGE,
			"How long the oldest event in a handler's queue has waited", null, Tag.HANDLER),

	/**
	 * How long events waited in a handler's queue.
	 */
	QUEUE_WAIT("telemetry.router.queue.wait", Meter.Type.TIMER, "How long events waited in a handler's queue", null,
			Tag.HANDLER),

	/**
	 * Number of events that the journal has lost.
	 */
	JOURNAL_LOST("telemetry.router.journal.lost", Meter.Type.COUNTER, "How many events the journal has lost",
			Unit.EVENTS, Tag.REASON),

	/**
	 * Number of events that the journal has without their payload, or with a part of it.
	 */
	JOURNAL_INCOMPLETE("telemetry.router.journal.incomplete", Meter.Type.COUNTER,
			"How many events the journal has without their whole payload", Unit.EVENTS, Tag.STATUS),

	/**
	 * Whether the journal cannot write or sync at present.
	 */
	JOURNAL_FAILING("telemetry.router.journal.failing", Meter.Type.GAUGE,
			"Whether the journal cannot write or sync: 1 or 0", null),

	/**
	 * Number of tokens that agents have used, as reported by the models.
	 */
	AGENT_TOKENS("telemetry.router.agent.tokens", Meter.Type.COUNTER, "How many tokens agents have used", Unit.TOKENS,
			Tag.MODEL, Tag.DIRECTION),

	/**
	 * Cost of the model calls of agents.
	 */
	AGENT_COST("telemetry.router.agent.cost", Meter.Type.COUNTER, "Cost of the model calls of agents", null, Tag.MODEL,
			Tag.CURRENCY),

	/**
	 * How many model calls have no cost because their model has no price or they have no
	 * tokens.
	 */
	AGENT_UNPRICED("telemetry.router.agent.unpriced", Meter.Type.COUNTER,
			"How many model calls have no cost: no price, or no tokens", Unit.CALLS),

	/**
	 * Number of failures of an adapter to an agent framework. Each may mean missing
	 * events.
	 */
	AGENT_FAILURES("telemetry.router.agent.failures", Meter.Type.COUNTER,
			"How often an adapter to an agent framework has failed", Unit.FAILURES, Tag.FRAMEWORK);

	private final String meterName;

	private final Meter.Type type;

	private final String description;

	private final @Nullable String baseUnit;

	@SuppressWarnings("ImmutableEnumChecker")
	private final List<KeyName> keyNames;

	TelemetryRouterMeter(String meterName, Meter.Type type, String description, @Nullable String baseUnit,
			KeyName... keyNames) {
		this.meterName = meterName;
		this.type = type;
		this.description = description;
		this.baseUnit = baseUnit;
		this.keyNames = List.of(keyNames);
	}

	@Override
	public String getName() {
		return this.meterName;
	}

	@Override
	public Meter.Type getType() {
		return this.type;
	}

	@Override
	public @Nullable String getBaseUnit() {
		return this.baseUnit;
	}

	@Override
	public KeyName[] getKeyNames() {
		return this.keyNames.toArray(KeyName[]::new);
	}

	/** Whether the meter is a gauge of a time. */
	boolean isTime() {
		return this == DISPATCH_MAX || this == HANDLER_MAX || this == QUEUE_OLDEST_AGE;
	}

	/**
	 * Returns the description of the meter.
	 * @return the description
	 */
	public String getDescription() {
		return this.description;
	}

	private static final class Unit {

		static final String CALLS = "calls";

		static final String EVENTS = "events";

		static final String FAILURES = "failures";

		static final String HANDLERS = "handlers";

		static final String TOKENS = "tokens";

		static final String SPANS = "spans";

	}

	/**
	 * The tags of the router's meters.
	 */
	public enum Tag implements KeyName {

		/**
		 * The currency of a cost, by ISO 4217.
		 */
		CURRENCY("currency"),

		/**
		 * {@code input} or {@code output}.
		 */
		DIRECTION("direction"),

		/**
		 * The event's name, or {@code _other} for names beyond the limit.
		 */
		EVENT("event"),

		/**
		 * {@code spring-ai}, {@code langchain4j}, or {@code _other} for further adapters.
		 */
		FRAMEWORK("framework"),

		/**
		 * The handler's id, or {@code _anonymous} for handlers without an id of their own
		 * and for removed handlers beyond the first 100 ids.
		 */
		HANDLER("handler"),

		/**
		 * The model that answered, or {@code _other} for all models beyond the limit.
		 */
		MODEL("model"),

		/**
		 * {@code sync} or {@code async}.
		 */
		MODE("mode"),

		/**
		 * {@code handled} or {@code failed}.
		 */
		OUTCOME("outcome"),

		/**
		 * The label of a {@link io.telemetryrouter.DropReason}, or the reason of a
		 * journal's loss.
		 */
		REASON("reason"),

		/**
		 * {@code active}, {@code paused}, {@code stuck} or {@code quarantined}: the label
		 * of a {@link io.telemetryrouter.HandlerStatus}; {@code redacted} or
		 * {@code truncated} of a payload in the journal.
		 */
		STATUS("status");

		private final String key;

		Tag(String key) {
			this.key = key;
		}

		@Override
		public String asString() {
			return this.key;
		}

	}

}
