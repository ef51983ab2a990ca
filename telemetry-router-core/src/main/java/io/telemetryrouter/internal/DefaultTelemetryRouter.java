package io.telemetryrouter.internal;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.EmitOutcome;
import io.telemetryrouter.EventSnapshot;
import io.telemetryrouter.EventType;
import io.telemetryrouter.FlushResult;
import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.HandlerSpecCustomizer;
import io.telemetryrouter.PayloadHandler;
import io.telemetryrouter.RouterListener;
import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.Subscription;
import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.internal.dispatch.Dispatcher;
import io.telemetryrouter.internal.dispatch.HoldBuffer;
import io.telemetryrouter.internal.dispatch.NextEvent;
import io.telemetryrouter.internal.dispatch.Route;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.EmitTracker;
import io.telemetryrouter.internal.health.CircuitBreaker;
import io.telemetryrouter.internal.lane.Lane;
import io.telemetryrouter.internal.registry.CallSites;
import io.telemetryrouter.internal.registry.HandlerRegistry;
import io.telemetryrouter.internal.registry.Handler;
import io.telemetryrouter.internal.support.Headroom;
import io.telemetryrouter.internal.support.Names;

/**
 * The router: hands emits to the dispatcher and registrations to the registry.
 *
 * @since 0.1.0
 */
public final class DefaultTelemetryRouter implements TelemetryRouter {

	private final RouterCore core;

	private final HandlerRegistry registry;

	private final Dispatcher dispatcher;

	private final Snapshots snapshots;

	private final Drain drain;

	private final HoldBuffer holdBuffer;

	private final AtomicLong numbers = new AtomicLong();

	private final Set<NextEvent> awaited = ConcurrentHashMap.newKeySet();

	private final AtomicBoolean closing = new AtomicBoolean();

	public DefaultTelemetryRouter(RouterSettings settings) {
		this.core = new RouterCore(settings);
		this.registry = this.core.registry();
		this.dispatcher = new Dispatcher(this.core);
		this.snapshots = new Snapshots(this.core);
		this.drain = new Drain(this.core);
		this.holdBuffer = new HoldBuffer(settings.holdEvents(), settings.maxEventNames());
	}

	@Override
	public void emit(String event, @Nullable Object payload) {
		Route route = (event != null) ? this.registry.find(event) : null;
		if (route != null) {
			this.dispatcher.dispatch(route, payload, null, null);
		}
		else {
			emitUnrouted(event, payload, null);
		}
	}

	@Override
	public <T> void emit(EventType<T> type, T payload) {
		if (type == null) {
			throw new IllegalArgumentException("Event type must not be null");
		}
		emit(type.name(), payload);
	}

	@Override
	public CompletableFuture<EmitOutcome> emitAsync(String event, @Nullable Object payload) {
		EmitTracker tracker = new EmitTracker(this.core.executor());
		Route route = (event != null) ? this.registry.find(event) : null;
		if (route != null) {
			this.dispatcher.dispatch(route, payload, tracker, null);
		}
		else {
			emitUnrouted(event, payload, tracker);
		}
		tracker.emitted();
		return tracker.future();
	}

	/**
	 * Emits an event that has no route in the table: the first of its name, one of an
	 * untracked name, or one to be held. (While events are held the table is empty, so
	 * that the usual way need not ask.)
	 * @param event the event's name
	 * @param payload the payload
	 * @param tracker who follows the emit, if anyone
	 */
	private void emitUnrouted(@Nullable String event, @Nullable Object payload, @Nullable EmitTracker tracker) {
		Headroom.require();
		String name = requireName(event);
		if (this.holdBuffer.isHolding()) {
			awaitRelease();
			if (this.holdBuffer.hold(this.dispatcher.hold(name, payload, tracker))) {
				return;
			}
		}
		this.dispatcher.dispatch(this.registry.route(name), payload, tracker, null);
	}

	/**
	 * Holds an emitter while held events are being delivered, for the block timeout at
	 * most: emitters that only queue are faster than the delivery, which would never end.
	 */
	private void awaitRelease() {
		DispatchStack frame = this.core.frames().current();
		if (this.holdBuffer.isReleasing() && frame.depth() == 0 && !frame.onLane) {
			try {
				this.holdBuffer.awaitRelease(TimeUnit.NANOSECONDS.convert(this.core.settings().blockTimeout()));
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private static String requireName(@Nullable String event) {
		if (event == null || event.isBlank()) {
			throw new IllegalArgumentException("Event name must not be null or blank");
		}
		return event;
	}

	@Override
	public boolean hasHandlers(String event) {
		Route route = (event != null) ? this.registry.find(event) : null;
		if (route == null) {
			String name = requireName(event);
			if (this.holdBuffer.isHolding()) {
				return true;
			}
			route = this.registry.route(name);
		}
		return route.handlers.length != 0 && !this.dispatcher.isClosed();
	}

	@Override
	public Subscription subscribe(String pattern, PayloadHandler<Object> handler) {
		return subscribe(HandlerSpec.on(pattern).handler(handler).build());
	}

	@Override
	public <T> Subscription subscribe(EventType<T> type, PayloadHandler<? super T> handler) {
		return subscribe(HandlerSpec.on(type).handler(handler).build());
	}

	@Override
	public Subscription subscribeOnce(String pattern, PayloadHandler<Object> handler) {
		return subscribe(HandlerSpec.on(pattern).once().handler(handler).build());
	}

	@Override
	public Subscription subscribeAll(PayloadHandler<Object> handler) {
		return subscribe("**", handler);
	}

	@Override
	public Subscription subscribe(HandlerSpec<?> spec) {
		require(spec, "spec");
		requireOpen();
		HandlerSpec<?> customized = spec;
		for (HandlerSpecCustomizer customizer : this.core.settings().specCustomizers()) {
			customized = customizer.customize(customized);
			if (customized == null) {
				return new LeftOut((spec.id() != null) ? spec.id() : "handler-" + this.numbers.incrementAndGet());
			}
		}
		String source = (customized.source() != null) ? customized.source() : CallSites.caller();
		String id = customized.id();
		if (id == null) {
			return register("handler-", customized, source, false);
		}
		Handler handler = new Handler(this.core, this.numbers.incrementAndGet(), id, customized, source, false);
		if (!this.registry.add(handler)) {
			throw new IllegalArgumentException(
					"Handler id '" + Names.printable(id) + "' is taken by another handler: give each its own id");
		}
		this.core.watchdog().start();
		return handler;
	}

	/**
	 * Registers a handler under an id that nobody has, whatever ids others were given.
	 * @param prefix what the id begins with
	 * @param spec the handler
	 * @param source where it comes from
	 * @param internal whether it is the router's own
	 * @return the registration
	 */
	private Handler register(String prefix, HandlerSpec<?> spec, String source, boolean internal) {
		while (true) {
			long number = this.numbers.incrementAndGet();
			Handler handler = new Handler(this.core, number, prefix + number, spec, source, internal);
			if (this.registry.add(handler)) {
				this.core.watchdog().start();
				return handler;
			}
		}
	}

	@Override
	public CompletableFuture<TelemetryEvent<?>> next(String pattern, Predicate<TelemetryEvent<?>> filter,
			Duration timeout) {
		require(filter, "filter");
		require(timeout, "timeout");
		requireOpen();
		if (timeout.isNegative() || timeout.isZero()) {
			throw new IllegalArgumentException("'timeout' must be positive, but is " + timeout);
		}
		NextEvent next = new NextEvent(pattern, timeout, this.core.executor());
		HandlerSpec<Object> spec = HandlerSpec.on(pattern)
			.async()
			.once()
			.condition(filter::test)
			.eventHandler(next::complete)
			.build();
		this.awaited.add(next);
		Handler handler = register("next-", spec, "", true);
		next.whenDone(() -> {
			this.awaited.remove(next);
			handler.close();
		});
		if (this.closing.get()) {
			// The close may have cancelled what was awaited just before.
			next.cancel(false);
		}
		return next;
	}

	private static void require(@Nullable Object argument, String name) {
		if (argument == null) {
			throw new IllegalArgumentException("'" + name + "' must not be null");
		}
	}

	private void requireOpen() {
		if (this.closing.get()) {
			throw new IllegalStateException("Telemetry router is closed");
		}
	}

	@Override
	public FlushResult flush(Duration timeout) {
		require(timeout, "timeout");
		return flush(this.registry::laneHandlers, timeout);
	}

	@Override
	public @Nullable FlushResult flush(String handlerId, Duration timeout) {
		require(timeout, "timeout");
		Handler handler = this.registry.named(handlerId);
		if (handler == null) {
			return null;
		}
		return flush(() -> (handler.lane() != null) ? List.of(handler) : List.of(), timeout);
	}

	private FlushResult flush(Supplier<List<Handler>> handlers, Duration timeout) {
		DispatchStack frame = this.core.frames().current();
		if (frame.depth() != 0 || frame.onLane) {
			return this.drain.look(handlers.get());
		}
		long deadline = System.nanoTime() + TimeUnit.NANOSECONDS.convert(timeout);
		try {
			if (!this.holdBuffer.awaitRelease(deadline - System.nanoTime())) {
				return new FlushResult(false, this.drain.look(handlers.get()).pendingByHandler());
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return new FlushResult(false, this.drain.look(handlers.get()).pendingByHandler());
		}
		return this.drain.await(handlers.get(), deadline);
	}

	@Override
	public boolean pause(String handlerId) {
		Handler handler = this.registry.named(handlerId);
		if (handler == null || this.closing.get()) {
			return false;
		}
		handler.pause(true);
		if (this.closing.get()) {
			// The close may have ended all pauses just before.
			handler.pause(false);
			return false;
		}
		return true;
	}

	@Override
	public boolean resume(String handlerId) {
		boolean known = false;
		// One that has had its last event may have left with some queued.
		for (Handler handler : this.registry.allHandlers()) {
			if (!handler.internal && handler.id.equals(handlerId)) {
				handler.pause(false);
				known = true;
			}
		}
		return known;
	}

	@Override
	public boolean release(String handlerId) {
		Handler handler = this.registry.named(handlerId);
		CircuitBreaker quarantine = (handler != null) ? handler.quarantine() : null;
		if (quarantine != null) {
			quarantine.release();
		}
		return handler != null;
	}

	@Override
	public boolean resetMaxima(String handlerId) {
		Handler handler = this.registry.named(handlerId);
		if (handler != null) {
			handler.resetMaxima();
		}
		return handler != null;
	}

	@Override
	public void resetMaxima() {
		this.registry.settle();
		this.registry.handlers().forEach(Handler::resetMaxima);
		this.registry.tallies().all().forEach((tally) -> tally.latency.resetMax());
	}

	@Override
	public RouterSnapshot snapshot() {
		return this.snapshots.router(this.holdBuffer.size());
	}

	@Override
	public @Nullable HandlerSnapshot handlerSnapshot(String handlerId) {
		return this.snapshots.handler(handlerId);
	}

	@Override
	public @Nullable EventSnapshot eventSnapshot(String event) {
		return this.snapshots.event(event);
	}

	@Override
	public void addListener(RouterListener listener) {
		require(listener, "listener");
		this.registry.addListener(listener);
	}

	@Override
	public void removeListener(RouterListener listener) {
		this.registry.removeListener(listener);
	}

	@Override
	public void start() {
		this.holdBuffer.release(
				(event) -> this.dispatcher.dispatch(this.registry.passingRoute(event.name()), event.payload(),
						event.tracker(), event),
				(event, count) -> Dispatcher.drop(this.registry.passingRoute(event), DropReason.QUEUE_FULL, count));
	}

	@Override
	public void close() {
		if (!this.closing.compareAndSet(false, true)) {
			return;
		}
		DispatchStack frame = this.core.frames().current();
		if (frame.depth() != 0 || frame.onLane) {
			// A handler would wait for itself.
			Thread closer = new Thread(this::drainAndStop, "telemetry-router-close");
			closer.setDaemon(true);
			closer.start();
		}
		else {
			drainAndStop();
		}
	}

	private void drainAndStop() {
		long start = System.nanoTime();
		this.dispatcher.close();
		start();
		this.registry.allHandlers().forEach((handler) -> handler.pause(false));
		FlushResult drained = this.drain
			.await(start + TimeUnit.NANOSECONDS.convert(this.core.settings().shutdownTimeout()));
		for (Handler handler : this.registry.laneHandlers()) {
			Lane lane = handler.lane();
			if (lane != null) {
				lane.close(drained.complete() ? DropReason.CLOSED : DropReason.SHUTDOWN_TIMEOUT);
			}
		}
		this.awaited.forEach((next) -> next.cancel(false));
		this.core.watchdog().stop();
		this.core.executor().shutdown(!drained.complete());
		report(Duration.ofNanos(System.nanoTime() - start), drained.complete());
	}

	private void report(Duration took, boolean complete) {
		RouterSnapshot snapshot = snapshot();
		HandlerAccount total = snapshot.departed();
		List<HandlerSnapshot> handlers = List.copyOf(snapshot.handlers().values());
		for (HandlerSnapshot handler : handlers) {
			total = total.plus(handler.account());
		}
		this.core.reporter().closed(total, took, complete);
	}

	/**
	 * The subscription of a handler that configuration leaves out.
	 */
	private record LeftOut(String handlerId) implements Subscription {

		@Override
		public boolean isActive() {
			return false;
		}

		@Override
		public void close() {
		}

	}

}
