package io.telemetryrouter;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.DefaultTelemetryRouter;
import io.telemetryrouter.internal.RouterSettings;
import io.telemetryrouter.internal.support.Arguments;

/**
 * Builds a {@link TelemetryRouter}. Not thread-safe.
 *
 * @since 0.1.0
 */
public final class TelemetryRouterBuilder {

	private int maxHandlerQueue = 1000;

	private int defaultPriority;

	private OverflowPolicy overflow = OverflowPolicy.DROP_NEWEST;

	private Duration blockTimeout = Duration.ofMillis(100);

	private Duration slowThreshold = Duration.ofMillis(5);

	private int maxDepth = 32;

	private int maxNestedEmits = 1000;

	private int maxEventNames = 10_000;

	private int registrationWarningThreshold = 1000;

	private Duration shutdownTimeout = Duration.ofSeconds(10);

	private QuarantineSettings quarantine = QuarantineSettings.defaults();

	private Duration stuckThreshold = Duration.ofSeconds(10);

	private Duration handlerTimeout = Duration.ZERO;

	private Duration spanDanglingAfter = Duration.ofMinutes(10);

	private boolean measureLatency = true;

	private int holdEvents;

	private BooleanSupplier blockingAllowed = () -> true;

	private @Nullable Executor laneExecutor;

	private @Nullable ContextCarrier contextCarrier;

	private final List<HandlerErrorListener> errorListeners = new ArrayList<>();

	private final List<HandlerSpecCustomizer> specCustomizers = new ArrayList<>();

	private final Map<String, PayloadCheck> payloadChecks = new HashMap<>();

	private Predicate<String> criticalEvents = (event) -> false;

	private System.@Nullable Logger logger;

	private InstantSource clock = InstantSource.system();

	private @Nullable LongSupplier nanoTime;

	TelemetryRouterBuilder() {
	}

	/**
	 * Sets the queue capacity of handlers that do not set one.
	 * @param maxHandlerQueue the capacity in events (default 1000)
	 * @return this builder
	 */
	public TelemetryRouterBuilder maxHandlerQueue(int maxHandlerQueue) {
		this.maxHandlerQueue = Arguments.requirePositive(maxHandlerQueue, "maxHandlerQueue");
		return this;
	}

	/**
	 * Sets the priority of handlers that do not set one.
	 * @param defaultPriority the priority (default 0); lower runs first
	 * @return this builder
	 */
	public TelemetryRouterBuilder defaultPriority(int defaultPriority) {
		this.defaultPriority = defaultPriority;
		return this;
	}

	/**
	 * Sets the overflow policy of handlers that do not set one.
	 * @param overflow the policy (default {@link OverflowPolicy#DROP_NEWEST})
	 * @return this builder
	 */
	public TelemetryRouterBuilder overflow(OverflowPolicy overflow) {
		this.overflow = Arguments.require(overflow, "overflow");
		return this;
	}

	/**
	 * Sets the maximum time for which {@link OverflowPolicy#BLOCK} blocks an emitter.
	 * @param blockTimeout the time (default 100 ms)
	 * @return this builder
	 */
	public TelemetryRouterBuilder blockTimeout(Duration blockTimeout) {
		this.blockTimeout = Arguments.requirePositive(blockTimeout, "blockTimeout");
		return this;
	}

	/**
	 * Sets the check for threads that may be blocked. An emit on any other thread, such
	 * as an event loop, never waits: {@link OverflowPolicy#BLOCK} drops the new event
	 * there.
	 * @param blockingAllowed returns whether the calling thread may be blocked (default
	 * always); called only before the thread would wait; an exception counts as
	 * {@code false}
	 * @return this builder
	 */
	public TelemetryRouterBuilder blockingAllowed(BooleanSupplier blockingAllowed) {
		this.blockingAllowed = Arguments.require(blockingAllowed, "blockingAllowed");
		return this;
	}

	/**
	 * Sets the threshold over which the dispatch of an event counts as slow.
	 * @param slowThreshold the time (default 5 ms)
	 * @return this builder
	 */
	public TelemetryRouterBuilder slowThreshold(Duration slowThreshold) {
		this.slowThreshold = Arguments.requirePositive(slowThreshold, "slowThreshold");
		return this;
	}

	/**
	 * Sets the maximum depth of emits that are nested through handlers, including emits
	 * across queues. Deeper events are dropped, counted {@link DropReason#RECURSION}.
	 * @param maxDepth the number of emits (default 32)
	 * @return this builder
	 */
	public TelemetryRouterBuilder maxDepth(int maxDepth) {
		this.maxDepth = Arguments.requirePositive(maxDepth, "maxDepth");
		return this;
	}

	/**
	 * Sets the maximum number of nested emits that one outermost emit may cause in total,
	 * including emits across queues. Further events are dropped, counted
	 * {@link DropReason#RECURSION}.
	 * @param maxNestedEmits the number of emits (default 1000)
	 * @return this builder
	 */
	public TelemetryRouterBuilder maxNestedEmits(int maxNestedEmits) {
		this.maxNestedEmits = Arguments.requirePositive(maxNestedEmits, "maxNestedEmits");
		return this;
	}

	/**
	 * Sets the maximum number of tracked event names that no handler names exactly.
	 * Events of further names are still routed, a little slower, and counted together as
	 * {@link RouterSnapshot#OTHER_EVENTS}.
	 * @param maxEventNames the number of names (default 10,000)
	 * @return this builder
	 */
	public TelemetryRouterBuilder maxEventNames(int maxEventNames) {
		this.maxEventNames = Arguments.requirePositive(maxEventNames, "maxEventNames");
		return this;
	}

	/**
	 * Sets the number of active handlers registered by the same code above which a likely
	 * leak is reported, once.
	 * @param registrationWarningThreshold the number of handlers (default 1000)
	 * @return this builder
	 */
	public TelemetryRouterBuilder registrationWarningThreshold(int registrationWarningThreshold) {
		this.registrationWarningThreshold = Arguments.requirePositive(registrationWarningThreshold,
				"registrationWarningThreshold");
		return this;
	}

	/**
	 * Sets how long {@link TelemetryRouter#close()} waits for queued events to be
	 * handled.
	 * @param shutdownTimeout the time (default 10 s); zero discards them at once
	 * @return this builder
	 */
	public TelemetryRouterBuilder shutdownTimeout(Duration shutdownTimeout) {
		this.shutdownTimeout = Arguments.requireNotNegative(shutdownTimeout, "shutdownTimeout");
		return this;
	}

	/**
	 * Sets the conditions and the duration of the quarantine of a repeatedly failing
	 * handler. Handlers that are registered for a number of events are never quarantined.
	 * @param quarantine the settings (default {@link QuarantineSettings#defaults()})
	 * @return this builder
	 */
	public TelemetryRouterBuilder quarantine(QuarantineSettings quarantine) {
		this.quarantine = Arguments.require(quarantine, "quarantine");
		return this;
	}

	/**
	 * Sets the threshold over which a call that has not returned is reported, with the
	 * stack of its thread, and shown as stuck.
	 * @param stuckThreshold the time (default 10 s); zero reports none
	 * @return this builder
	 */
	public TelemetryRouterBuilder stuckThreshold(Duration stuckThreshold) {
		this.stuckThreshold = Arguments.requireNotNegative(stuckThreshold, "stuckThreshold");
		return this;
	}

	/**
	 * Sets the maximum duration of a call of an asynchronous handler. A call that takes
	 * longer is abandoned: it counts as failed with a
	 * {@link java.util.concurrent.TimeoutException}, its thread is interrupted and the
	 * handler's further events are handled on another thread. A handler that ignores the
	 * interrupt occupies its thread until it returns.
	 * @param handlerTimeout the time; zero for no timeout (default)
	 * @return this builder
	 */
	public TelemetryRouterBuilder handlerTimeout(Duration handlerTimeout) {
		this.handlerTimeout = Arguments.requireNotNegative(handlerTimeout, "handlerTimeout");
		return this;
	}

	/**
	 * Sets the time after which a {@linkplain TelemetrySpan span} that has not ended is
	 * reported as dangling.
	 * @param spanDanglingAfter the time (default 10 min); zero reports only unreachable
	 * spans
	 * @return this builder
	 */
	public TelemetryRouterBuilder spanDanglingAfter(Duration spanDanglingAfter) {
		this.spanDanglingAfter = Arguments.requireNotNegative(spanDanglingAfter, "spanDanglingAfter");
		return this;
	}

	/**
	 * Sets whether calls and dispatches are timed. Without it there are no latencies, no
	 * slow reports and no age of queues, and {@code handled} of a synchronous handler is
	 * computed from {@code offered} rather than counted independently.
	 * @param measureLatency whether to measure (default {@code true})
	 * @return this builder
	 */
	public TelemetryRouterBuilder measureLatency(boolean measureLatency) {
		this.measureLatency = measureLatency;
		return this;
	}

	/**
	 * Holds events until {@link TelemetryRouter#start()}, so that handlers that are
	 * registered before the start miss no events. Events beyond the limit are counted
	 * {@link DropReason#NOT_STARTED} at each handler they would have reached; events
	 * beyond the {@linkplain #maxEventNames(int) maximum number of names} are counted
	 * only at handlers that take all events.
	 * @param limit the maximum number of held events; 0 routes events at once (default)
	 * @return this builder
	 */
	public TelemetryRouterBuilder holdEvents(int limit) {
		if (limit < 0) {
			throw new IllegalArgumentException("'limit' of held events must not be negative, but is " + limit);
		}
		this.holdEvents = limit;
		return this;
	}

	/**
	 * Runs asynchronous handlers on the given executor instead of daemon threads of the
	 * router. A busy handler occupies one of the executor's threads and yields it to
	 * other tasks now and then; with a bounded executor handlers may wait for each other.
	 * If the executor rejects or loses a handler's task, or runs it on the calling
	 * thread, a thread of the router handles the events. The router does not shut the
	 * executor down.
	 * @param laneExecutor the executor
	 * @return this builder
	 */
	public TelemetryRouterBuilder laneExecutor(Executor laneExecutor) {
		this.laneExecutor = Arguments.require(laneExecutor, "laneExecutor");
		return this;
	}

	/**
	 * Carries the emitting thread's context to asynchronous handlers.
	 * @param contextCarrier captures and restores the context
	 * @return this builder
	 */
	public TelemetryRouterBuilder contextCarrier(ContextCarrier contextCarrier) {
		this.contextCarrier = Arguments.require(contextCarrier, "contextCarrier");
		return this;
	}

	/**
	 * Adds a listener for failed handler calls, besides the log.
	 * @param listener the listener
	 * @return this builder
	 */
	public TelemetryRouterBuilder errorListener(HandlerErrorListener listener) {
		this.errorListeners.add(Arguments.require(listener, "listener"));
		return this;
	}

	/**
	 * Adds a customizer that every handler passes before it is registered, in the order
	 * of addition.
	 * @param customizer the customizer
	 * @return this builder
	 */
	public TelemetryRouterBuilder specCustomizer(HandlerSpecCustomizer customizer) {
		this.specCustomizers.add(Arguments.require(customizer, "customizer"));
		return this;
	}

	/**
	 * Checks the payloads of an event at each emit, at no cost for other events.
	 * @param event the event's name, without wildcards
	 * @param check the check; it replaces an earlier check of the event
	 * @return this builder
	 */
	public TelemetryRouterBuilder payloadCheck(String event, PayloadCheck check) {
		EventPattern.requireName(event);
		this.payloadChecks.put(event, Arguments.require(check, "check"));
		return this;
	}

	/**
	 * Adds critical events to those that were added before and those
	 * {@linkplain TelemetryEventType#critical() declared by their payload class}. A full
	 * queue with {@link OverflowPolicy#DROP_OLDEST} or {@link OverflowPolicy#DROP_NEWEST}
	 * drops the oldest non-critical event in favour of a critical one. If it holds only
	 * critical events, a new event that is not critical is dropped, and the policy
	 * applies to a new critical event.
	 * @param criticalEvents returns whether an event name is that of a critical event;
	 * called for full queues only; an exception counts as {@code false}
	 * @return this builder
	 */
	public TelemetryRouterBuilder criticalEvents(Predicate<String> criticalEvents) {
		this.criticalEvents = this.criticalEvents.or(Arguments.require(criticalEvents, "criticalEvents"));
		return this;
	}

	/**
	 * Sets the logger of the router.
	 * @param logger the logger (default the system's
	 * {@code io.telemetryrouter.TelemetryRouter})
	 * @return this builder
	 */
	public TelemetryRouterBuilder logger(System.Logger logger) {
		this.logger = Arguments.require(logger, "logger");
		return this;
	}

	/**
	 * Sets the source of wall-clock time.
	 * @param clock the clock (default the system's)
	 * @return this builder
	 */
	public TelemetryRouterBuilder clock(InstantSource clock) {
		this.clock = Arguments.require(clock, "clock");
		return this;
	}

	/**
	 * Sets the source of elapsed time.
	 * @param nanoTime the source of nanoseconds (default {@link System#nanoTime()})
	 * @return this builder
	 */
	public TelemetryRouterBuilder nanoTime(LongSupplier nanoTime) {
		this.nanoTime = Arguments.require(nanoTime, "nanoTime");
		return this;
	}

	/**
	 * Builds the router.
	 * @return the router
	 */
	public TelemetryRouter build() {
		return new DefaultTelemetryRouter(new RouterSettings(this.maxHandlerQueue, this.defaultPriority, this.overflow,
				this.blockTimeout, this.slowThreshold, this.maxDepth, this.maxNestedEmits, this.maxEventNames,
				this.registrationWarningThreshold, this.shutdownTimeout, this.measureLatency, this.holdEvents,
				this.blockingAllowed, this.laneExecutor, this.contextCarrier, List.copyOf(this.errorListeners),
				List.copyOf(this.specCustomizers), Map.copyOf(this.payloadChecks),
				(this.logger != null) ? this.logger : System.getLogger(TelemetryRouter.class.getName()), this.clock,
				this.nanoTime, this.quarantine, this.stuckThreshold, this.handlerTimeout, this.spanDanglingAfter,
				this.criticalEvents));
	}

}
