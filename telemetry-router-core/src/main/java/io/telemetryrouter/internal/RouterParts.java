package io.telemetryrouter.internal;

import java.lang.invoke.MethodHandles;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.EventType;
import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.internal.dispatch.Dispatcher;
import io.telemetryrouter.internal.dispatch.Emitter;
import io.telemetryrouter.internal.dispatch.HoldBuffer;
import io.telemetryrouter.internal.dispatch.NextEvents;
import io.telemetryrouter.internal.dispatch.PayloadChecks;
import io.telemetryrouter.internal.dispatch.Replay;
import io.telemetryrouter.internal.dispatch.RouteCache;
import io.telemetryrouter.internal.dispatch.RouteCompiler;
import io.telemetryrouter.internal.dispatch.SpanTracker;
import io.telemetryrouter.internal.event.DispatchFrame;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.event.EmitTracker;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.event.EnvelopeSource;
import io.telemetryrouter.internal.event.RecursionLimit;
import io.telemetryrouter.internal.event.RunBinding;
import io.telemetryrouter.internal.event.Runs;
import io.telemetryrouter.internal.health.LogWriter;
import io.telemetryrouter.internal.health.Reporter;
import io.telemetryrouter.internal.health.StuckCallCheck;
import io.telemetryrouter.internal.health.Watchdog;
import io.telemetryrouter.internal.lane.ContextPropagation;
import io.telemetryrouter.internal.lane.LaneExecutor;
import io.telemetryrouter.internal.lane.LaneServices;
import io.telemetryrouter.internal.lane.Recording;
import io.telemetryrouter.internal.metrics.LatencyHistogram;
import io.telemetryrouter.internal.metrics.SampleBuffer;
import io.telemetryrouter.internal.metrics.SampleBuffers;
import io.telemetryrouter.internal.metrics.StripedCounter;
import io.telemetryrouter.internal.registry.Announcements;
import io.telemetryrouter.internal.registry.CallSites;
import io.telemetryrouter.internal.registry.EventStatistics;
import io.telemetryrouter.internal.registry.Handler;
import io.telemetryrouter.internal.registry.HandlerRegistry;
import io.telemetryrouter.internal.registry.HandlerServices;
import io.telemetryrouter.internal.registry.HandlerTable;
import io.telemetryrouter.internal.registry.TrackedEvents;
import io.telemetryrouter.internal.support.Ticker;

/**
 * The parts of one router, wired to each other. Each part receives only the parts that it
 * uses.
 */
final class RouterParts {

	private static final long MAX_WATCH_INTERVAL = TimeUnit.SECONDS.toNanos(1);

	static {
		// A class whose initialization fails for lack of stack stays unusable for
		// all threads, so these are initialized here.
		List<Class<?>> neededByEmit = List.of(DispatchFrame.class, DispatchStacks.class, EmitTracker.class,
				EmitTracker.Outcome.class, Envelope.class, EventStatistics.class, LatencyHistogram.class,
				SampleBuffer.class, SampleBuffers.class, StripedCounter.class, DropReason.class,
				CompletableFuture.class, LockSupport.class, ThreadLocalRandom.class, RunBinding.class);
		try {
			for (Class<?> type : neededByEmit) {
				MethodHandles.lookup().ensureInitialized(type);
			}
		}
		catch (IllegalAccessException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	final RouterSnapshot.Defaults defaults;

	// In the order of their packages: later parts use earlier ones.

	final InstantSource clock;

	final Ticker ticker;

	final SampleBuffers samples = new SampleBuffers(DispatchStacks.SLOTS);

	final LogWriter log;

	final Reporter reporter;

	final Watchdog watchdog;

	final LaneExecutor executor;

	final TrackedEvents events;

	final HandlerTable handlers = new HandlerTable();

	final HandlerRegistry registry;

	final RouteCache routes;

	final NextEvents nextEvents;

	final Runs runs = new Runs();

	final SpanTracker spans;

	final HoldBuffer held;

	final Emitter emitter;

	final Replay replay;

	final Flush flush;

	final Snapshots snapshots;

	final UnmatchedNames unmatched;

	RouterParts(RouterSettings settings) {
		this.defaults = new RouterSnapshot.Defaults(settings.maxHandlerQueue(), settings.defaultPriority(),
				settings.overflow());
		boolean measured = settings.measureLatency();
		long slow = nanos(settings.slowThreshold());
		StuckCallCheck.Callback filter = new StuckCallCheck.Callback("Filter of an awaited event");
		StuckCallCheck.Callback threadCheck = new StuckCallCheck.Callback("Check of the emitting thread");
		StuckCallCheck.Callback critical = new StuckCallCheck.Callback("Choice of critical events");
		long block = nanos(settings.blockTimeout());
		this.clock = settings.clock();
		this.ticker = new Ticker(settings.nanoTime());
		this.log = new LogWriter(settings.logger(), settings.contextCarrier());
		this.reporter = new Reporter(this.log, this.ticker);
		this.watchdog = new Watchdog(MAX_WATCH_INTERVAL, this.reporter);
		this.executor = new LaneExecutor(settings.laneExecutor());
		Executor callbacks = this.executor::executeReliably;

		Announcements announcements = new Announcements(this.reporter);
		this.events = new TrackedEvents(settings.maxEventNames(), this.samples, announcements);
		BooleanSupplier blockingAllowed = () -> guarded(threadCheck, settings.blockingAllowed());
		EnvelopeSource envelopes = new EnvelopeSource(settings.clock(), this.ticker, this.runs);
		Recording recording = new Recording(envelopes, this.ticker);
		ContextPropagation context = new ContextPropagation(settings.contextCarrier(), this.reporter);
		LaneServices lanes = new LaneServices(this.executor, context, this.samples, this.reporter, settings.clock(),
				this.ticker, measured, blockingAllowed, block, nanos(settings.handlerTimeout()),
				(event) -> guarded(critical,
						() -> EventType.isCritical(event.payload()) || settings.criticalEvents().test(event.name())),
				recording);
		HandlerServices services = new HandlerServices(lanes, settings.errorListeners(), settings.quarantine());
		this.registry = new HandlerRegistry(services, this.handlers, this.events, announcements,
				new CallSites(this.reporter, settings.registrationWarningThreshold()));

		PayloadChecks payloadChecks = new PayloadChecks(settings.payloadChecks(), this.reporter);
		this.routes = new RouteCache(new RouteCompiler(this.registry, this.ticker, slow, payloadChecks), this.events);
		this.registry.whenChanged(this.routes::handlersChanged);
		this.nextEvents = new NextEvents(this.routes, callbacks, this.watchdog, this.reporter, filter.handlerNumber());
		Dispatcher dispatcher = new Dispatcher(envelopes, this.samples, this.nextEvents, this.reporter, this.ticker,
				new Dispatcher.Limits(new RecursionLimit(settings.maxDepth(), settings.maxNestedEmits()), slow,
						measured),
				context, recording);
		this.held = new HoldBuffer(settings.holdEvents(), settings.maxEventNames(), this.reporter);
		this.spans = new SpanTracker(nanos(settings.spanDanglingAfter()), this.watchdog, this.reporter,
				settings.clock(), this.ticker);
		this.runs.whenEnded(this.registry::runEnded);
		this.emitter = new Emitter(this.routes, dispatcher, this.held, callbacks, blockingAllowed, block, this.runs,
				this.spans);
		this.replay = new Replay(this.routes, dispatcher, envelopes, this.ticker);

		this.flush = new Flush(this.handlers, this.held, this.runs, callbacks, this.reporter);
		this.snapshots = new Snapshots(this);
		this.unmatched = new UnmatchedNames(this);
		this.watchdog.checks(checks(settings, List.of(context.captures(), filter, threadCheck, critical,
				this.executor.callback, announcements.calls, announcements.recorders, payloadChecks.callback)));
		List.of(settings.stuckThreshold(), settings.handlerTimeout(), settings.spanDanglingAfter())
			.forEach((limit) -> this.watchdog.watch(nanos(limit)));
	}

	private boolean guarded(StuckCallCheck.Callback callback, BooleanSupplier code) {
		try {
			return callback.call(code::getAsBoolean);
		}
		catch (Throwable ex) {
			this.reporter.callbackFailed(callback.handlerId(), ex);
			return false;
		}
	}

	private List<Runnable> checks(RouterSettings settings, List<StuckCallCheck.Callback> watched) {
		StuckCallCheck stuckCalls = new StuckCallCheck(nanos(settings.stuckThreshold()), this.handlers::get, watched,
				this.reporter, settings.clock(), this.ticker);
		Consumer<Handler> check = (handler) -> this.reporter.guard("Watchdog", () -> {
			handler.check(this.ticker.now());
			stuckCalls.removeReturned(handler);
		});
		return List.of(this.nextEvents::check, stuckCalls::check, () -> this.handlers.forEach(check),
				this.registry::retireAll, this.runs::check, this.spans::check, DispatchStacks::reconcile,
				this.unmatched::check, this.snapshots::updateLastSeen, this.log::wake);
	}

	private static long nanos(Duration duration) {
		return TimeUnit.NANOSECONDS.convert(duration);
	}

}
