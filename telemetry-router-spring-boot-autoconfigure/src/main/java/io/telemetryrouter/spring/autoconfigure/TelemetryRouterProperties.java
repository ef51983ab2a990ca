package io.telemetryrouter.spring.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

import io.telemetryrouter.LaneThread;
import io.telemetryrouter.OverflowPolicy;

/**
 * Configuration properties of the router.
 * <p>
 * Settings of a handler are resolved in this order: the handler's id in {@code handlers},
 * the handler's own options, the event in {@code events}, the router's default. Ids and
 * names may contain dots, with or without brackets around them:
 * {@code telemetry-router.handlers.costTracker.onModel.priority} is the priority of
 * {@code costTracker.onModel}.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("telemetry-router")
public class TelemetryRouterProperties {

	/**
	 * Whether to route events. If disabled, the application can still emit and subscribe,
	 * but no handler is registered.
	 */
	private boolean enabled = true;

	/**
	 * Capacity, in events, of an asynchronous handler's queue.
	 */
	private int maxHandlerQueue = 1000;

	/**
	 * Priority of handlers that do not set one. Lower values run first.
	 */
	private int defaultPriority = 0;

	/**
	 * Overflow policy of asynchronous handlers, for events that arrive when the queue is
	 * full.
	 */
	private OverflowPolicy overflow = OverflowPolicy.DROP_NEWEST;

	/**
	 * Maximum time that an emitter waits with the overflow policy "block".
	 */
	private Duration blockTimeout = Duration.ofMillis(100);

	/**
	 * Duration of a dispatch on the emitting thread above which it is reported as slow.
	 */
	private Duration slowThreshold = Duration.ofMillis(5);

	/**
	 * Maximum depth of emits that handlers nest in each other.
	 */
	private int maxDepth = 32;

	/**
	 * Maximum total number of nested emits under one outermost emit.
	 */
	private int maxNestedEmits = 1000;

	/**
	 * Maximum number of tracked event names, besides those that handlers subscribe to by
	 * name. Further names are counted together.
	 */
	private int maxEventNames = 10_000;

	/**
	 * Maximum number of event names in the "event" tag of meters, and of models in the
	 * "model" tag. Further ones share the value "_other".
	 */
	private int maxEventTags = 100;

	/**
	 * Maximum number of events held while the application starts, until its handlers are
	 * registered. Further events are dropped.
	 */
	private int maxHeldEvents = 1000;

	/**
	 * Maximum time to handle queued events at shutdown. Limited by
	 * 'spring.lifecycle.timeout-per-shutdown-phase'.
	 */
	private Duration shutdownTimeout = Duration.ofSeconds(10);

	/**
	 * Time after which a call that has not returned is reported as stuck. Zero disables
	 * the report.
	 */
	private Duration stuckThreshold = Duration.ofSeconds(10);

	/**
	 * Time after which a call of an asynchronous handler is interrupted and given up, so
	 * that the handler's next events are handled on another thread. Zero disables the
	 * timeout.
	 */
	private Duration handlerTimeout = Duration.ZERO;

	/**
	 * Whether to measure the latency of handlers and dispatches, and to report slow ones.
	 */
	private boolean measureLatency = true;

	/**
	 * Quarantine of handlers that keep failing.
	 */
	private final Quarantine quarantine = new Quarantine();

	/**
	 * Runs that events belong to.
	 */
	private final Runs runs = new Runs();

	/**
	 * Spans that begin and end.
	 */
	private final Spans spans = new Spans();

	/**
	 * Settings by event name.
	 */
	private final Map<String, Event> events = new LinkedHashMap<>();

	/**
	 * Settings by handler id.
	 */
	private final Map<String, Handler> handlers = new LinkedHashMap<>();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public int getMaxHandlerQueue() {
		return this.maxHandlerQueue;
	}

	public void setMaxHandlerQueue(int maxHandlerQueue) {
		this.maxHandlerQueue = maxHandlerQueue;
	}

	public int getDefaultPriority() {
		return this.defaultPriority;
	}

	public void setDefaultPriority(int defaultPriority) {
		this.defaultPriority = defaultPriority;
	}

	public OverflowPolicy getOverflow() {
		return this.overflow;
	}

	public void setOverflow(OverflowPolicy overflow) {
		this.overflow = overflow;
	}

	public Duration getBlockTimeout() {
		return this.blockTimeout;
	}

	public void setBlockTimeout(Duration blockTimeout) {
		this.blockTimeout = blockTimeout;
	}

	public Duration getSlowThreshold() {
		return this.slowThreshold;
	}

	public void setSlowThreshold(Duration slowThreshold) {
		this.slowThreshold = slowThreshold;
	}

	public int getMaxDepth() {
		return this.maxDepth;
	}

	public void setMaxDepth(int maxDepth) {
		this.maxDepth = maxDepth;
	}

	public int getMaxNestedEmits() {
		return this.maxNestedEmits;
	}

	public void setMaxNestedEmits(int maxNestedEmits) {
		this.maxNestedEmits = maxNestedEmits;
	}

	public int getMaxEventNames() {
		return this.maxEventNames;
	}

	public void setMaxEventNames(int maxEventNames) {
		this.maxEventNames = maxEventNames;
	}

	public int getMaxEventTags() {
		return this.maxEventTags;
	}

	public void setMaxEventTags(int maxEventTags) {
		this.maxEventTags = maxEventTags;
	}

	public int getMaxHeldEvents() {
		return this.maxHeldEvents;
	}

	public void setMaxHeldEvents(int maxHeldEvents) {
		this.maxHeldEvents = maxHeldEvents;
	}

	public Duration getShutdownTimeout() {
		return this.shutdownTimeout;
	}

	public void setShutdownTimeout(Duration shutdownTimeout) {
		this.shutdownTimeout = shutdownTimeout;
	}

	public Duration getStuckThreshold() {
		return this.stuckThreshold;
	}

	public void setStuckThreshold(Duration stuckThreshold) {
		this.stuckThreshold = stuckThreshold;
	}

	public Duration getHandlerTimeout() {
		return this.handlerTimeout;
	}

	public void setHandlerTimeout(Duration handlerTimeout) {
		this.handlerTimeout = handlerTimeout;
	}

	public boolean isMeasureLatency() {
		return this.measureLatency;
	}

	public void setMeasureLatency(boolean measureLatency) {
		this.measureLatency = measureLatency;
	}

	public Quarantine getQuarantine() {
		return this.quarantine;
	}

	public Runs getRuns() {
		return this.runs;
	}

	public Spans getSpans() {
		return this.spans;
	}

	public Map<String, Event> getEvents() {
		return this.events;
	}

	public Map<String, Handler> getHandlers() {
		return this.handlers;
	}

	/**
	 * Runs that events belong to.
	 */
	public static class Runs {

		/**
		 * Whether to put the id of an event's run into the logging context (MDC) as
		 * "runId" while a handler runs.
		 */
		private boolean mdc = false;

		public boolean isMdc() {
			return this.mdc;
		}

		public void setMdc(boolean mdc) {
			this.mdc = mdc;
		}

	}

	/**
	 * Spans that begin and end.
	 */
	public static class Spans {

		/**
		 * Time after which a span that has not ended is reported as dangling. With zero,
		 * only spans that were garbage-collected are reported.
		 */
		private Duration danglingAfter = Duration.ofMinutes(10);

		public Duration getDanglingAfter() {
			return this.danglingAfter;
		}

		public void setDanglingAfter(Duration danglingAfter) {
			this.danglingAfter = danglingAfter;
		}

	}

	/**
	 * Quarantine of handlers that keep failing.
	 */
	public static class Quarantine {

		/**
		 * Whether to quarantine handlers that keep failing.
		 */
		private boolean enabled = true;

		/**
		 * Number of consecutive failures after which a handler is quarantined.
		 */
		private int failures = 10;

		/**
		 * Share of failed calls at which a handler is quarantined, greater than 0 and at
		 * most 1.
		 */
		private double failureRate = 0.8;

		/**
		 * Time window over which the share of failed calls is calculated.
		 */
		private Duration window = Duration.ofMinutes(1);

		/**
		 * Minimum number of calls in the window for the share of failed calls to apply.
		 */
		private int minimumCalls = 50;

		/**
		 * Time until the first attempt to call a quarantined handler again. Doubles with
		 * each failed attempt.
		 */
		private Duration delay = Duration.ofSeconds(1);

		/**
		 * Maximum time between attempts to call a quarantined handler again.
		 */
		private Duration maxDelay = Duration.ofMinutes(1);

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

		public int getFailures() {
			return this.failures;
		}

		public void setFailures(int failures) {
			this.failures = failures;
		}

		public double getFailureRate() {
			return this.failureRate;
		}

		public void setFailureRate(double failureRate) {
			this.failureRate = failureRate;
		}

		public Duration getWindow() {
			return this.window;
		}

		public void setWindow(Duration window) {
			this.window = window;
		}

		public int getMinimumCalls() {
			return this.minimumCalls;
		}

		public void setMinimumCalls(int minimumCalls) {
			this.minimumCalls = minimumCalls;
		}

		public Duration getDelay() {
			return this.delay;
		}

		public void setDelay(Duration delay) {
			this.delay = delay;
		}

		public Duration getMaxDelay() {
			return this.maxDelay;
		}

		public void setMaxDelay(Duration maxDelay) {
			this.maxDelay = maxDelay;
		}

	}

	/**
	 * Settings of one event name.
	 */
	public static class Event {

		/**
		 * Priority of handlers that subscribe to exactly this event and do not set a
		 * priority. If a handler subscribes to several events, the lowest value applies.
		 */
		private @Nullable Integer priority;

		/**
		 * Whether full queues drop other events first. Has no effect on queues that
		 * block.
		 */
		private boolean critical = false;

		public @Nullable Integer getPriority() {
			return this.priority;
		}

		public void setPriority(@Nullable Integer priority) {
			this.priority = priority;
		}

		public boolean isCritical() {
			return this.critical;
		}

		public void setCritical(boolean critical) {
			this.critical = critical;
		}

	}

	/**
	 * Settings of one handler.
	 */
	public static class Handler {

		/**
		 * Whether to register the handler.
		 */
		private boolean enabled = true;

		/**
		 * Priority of the handler. Lower values run first.
		 */
		private @Nullable Integer priority;

		/**
		 * Capacity, in events, of the handler's queue.
		 */
		private @Nullable Integer maxQueue;

		/**
		 * Overflow policy of the handler, for events that arrive when its queue is full.
		 */
		private @Nullable OverflowPolicy overflow;

		/**
		 * Maximum number of concurrent calls of the handler. Above 1, events are not
		 * handled in order.
		 */
		private @Nullable Integer concurrency;

		/**
		 * Time after which a call of the handler is interrupted and given up. Zero
		 * disables the timeout.
		 */
		private @Nullable Duration handlerTimeout;

		/**
		 * Duration of a call of the handler above which it is reported as slow.
		 */
		private @Nullable Duration slowThreshold;

		/**
		 * Kind of thread that runs the handler. Use platform threads for a handler that
		 * computes for long if virtual threads are enabled.
		 */
		private @Nullable LaneThread thread;

		/**
		 * Whether the handler resumes from the journal after a restart. Requires the
		 * overflow policy "spill".
		 */
		private @Nullable Boolean durable;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

		public @Nullable Integer getPriority() {
			return this.priority;
		}

		public void setPriority(@Nullable Integer priority) {
			this.priority = priority;
		}

		public @Nullable Integer getMaxQueue() {
			return this.maxQueue;
		}

		public void setMaxQueue(@Nullable Integer maxQueue) {
			this.maxQueue = maxQueue;
		}

		public @Nullable OverflowPolicy getOverflow() {
			return this.overflow;
		}

		public void setOverflow(@Nullable OverflowPolicy overflow) {
			this.overflow = overflow;
		}

		public @Nullable Integer getConcurrency() {
			return this.concurrency;
		}

		public void setConcurrency(@Nullable Integer concurrency) {
			this.concurrency = concurrency;
		}

		public @Nullable Duration getHandlerTimeout() {
			return this.handlerTimeout;
		}

		public void setHandlerTimeout(@Nullable Duration handlerTimeout) {
			this.handlerTimeout = handlerTimeout;
		}

		public @Nullable Duration getSlowThreshold() {
			return this.slowThreshold;
		}

		public void setSlowThreshold(@Nullable Duration slowThreshold) {
			this.slowThreshold = slowThreshold;
		}

		public @Nullable LaneThread getThread() {
			return this.thread;
		}

		public void setThread(@Nullable LaneThread thread) {
			this.thread = thread;
		}

		public @Nullable Boolean getDurable() {
			return this.durable;
		}

		public void setDurable(@Nullable Boolean durable) {
			this.durable = durable;
		}

	}

}
