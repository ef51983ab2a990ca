package io.telemetryrouter.benchmarks.isolation;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

import com.google.common.eventbus.AsyncEventBus;
import com.google.common.eventbus.EventBus;
import com.google.common.eventbus.SubscriberExceptionHandler;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import net.engio.mbassy.bus.MBassador;
import net.engio.mbassy.bus.error.IPublicationErrorHandler;
import net.engio.mbassy.listener.Invoke;
import net.engio.mbassy.listener.Listener;
import net.engio.mbassy.listener.References;
import org.greenrobot.eventbus.Subscribe;
import org.greenrobot.eventbus.SubscriberExceptionEvent;
import org.greenrobot.eventbus.ThreadMode;

import org.springframework.context.ApplicationListener;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

import io.telemetryrouter.benchmarks.isolation.Contender.Fault;
import io.telemetryrouter.benchmarks.isolation.Contender.Handler;

/**
 * The contenders, each in its usual configuration.
 */
public enum Peer {

	ROUTER("telemetry-router", EnumSet.allOf(Fault.class)),

	SPRING("Spring events", EnumSet.allOf(Fault.class)),

	GUAVA("Guava `EventBus`", EnumSet.of(Fault.NONE, Fault.ERROR_HANDLER)),

	GREENROBOT("greenrobot `EventBus`", EnumSet.of(Fault.NONE, Fault.ERROR_HANDLER)),

	MBASSADOR("MBassador", EnumSet.of(Fault.NONE, Fault.ERROR_HANDLER)),

	OBSERVATION("`ObservationRegistry`", EnumSet.of(Fault.NONE));

	/** Threads of the executor for contenders without one: the default of Spring Boot. */
	private static final int THREADS = 8;

	final String title;

	private final Set<Fault> faults;

	Peer(String title, Set<Fault> faults) {
		this.title = title;
		this.faults = faults;
	}

	Contender open(boolean async, Fault fault) {
		if (!this.faults.contains(fault) || (async && !isAsync()) || (fault == Fault.CONTEXT && !async)) {
			throw new Contender.NotApplicable();
		}
		return switch (this) {
			case ROUTER -> new Router(async, fault);
			case SPRING -> spring(async, fault);
			case GUAVA -> guava(async, fault);
			case GREENROBOT -> greenrobot(async, fault);
			case MBASSADOR -> mbassador(async, fault);
			case OBSERVATION -> new Observations(ObservationRegistry.create());
		};
	}

	boolean isAsync() {
		return this != OBSERVATION;
	}

	private static ExecutorService executor() {
		return Executors.newFixedThreadPool(THREADS, new ThreadFactoryBuilder().setDaemon(true).build());
	}

	/** Spring's multicaster in a context. */
	private static Contender spring(boolean async, Fault fault) {
		GenericApplicationContext context = new GenericApplicationContext();
		ExecutorService executor = executor();
		SimpleApplicationEventMulticaster multicaster = new SimpleApplicationEventMulticaster(context.getBeanFactory());
		if (async) {
			multicaster.setTaskExecutor((fault == Fault.CONTEXT) ? (task) -> {
				// A task decorator runs on the submitting thread.
				throw fault.failure();
			} : executor);
		}
		if (fault == Fault.ERROR_HANDLER) {
			multicaster.setErrorHandler((error) -> {
				throw fault.failure();
			});
		}
		context.getBeanFactory()
			.registerSingleton(AbstractApplicationContext.APPLICATION_EVENT_MULTICASTER_BEAN_NAME, multicaster);
		context.refresh();
		return new Bus(
				registering(Peer::springListener, context::addApplicationListener, context::removeApplicationListener),
				context::publishEvent, context::close, executor::shutdownNow);
	}

	private static ApplicationListener<?> springListener(Handler handler) {
		return ApplicationListener.<Event>forPayload((event) -> handler.<RuntimeException>call(event));
	}

	/** Guava's event bus with its default exception handler, which logs. */
	private static Contender guava(boolean async, Fault fault) {
		ExecutorService executor = executor();
		SubscriberExceptionHandler broken = (error, context) -> {
			throw fault.failure();
		};
		EventBus bus;
		if (fault == Fault.ERROR_HANDLER) {
			bus = async ? new AsyncEventBus(executor, broken) : new EventBus(broken);
		}
		else {
			bus = async ? new AsyncEventBus(executor) : new EventBus();
		}
		return new Bus(registering(SyncListener::new, bus::register, bus::unregister), bus::post, Bus.NONE,
				executor::shutdownNow);
	}

	/**
	 * Greenrobot's event bus with its defaults: it logs exceptions and posts them as
	 * events.
	 */
	private static Contender greenrobot(boolean async, Fault fault) {
		var bus = org.greenrobot.eventbus.EventBus.builder().build();
		if (fault == Fault.ERROR_HANDLER) {
			bus.register(new ErrorListener());
		}
		return new Bus(registering(listeners(async), bus::register, bus::unregister), bus::post, Bus.NONE, () -> {
		});
	}

	/** MBassador with its defaults and its console error handler. */
	private static Contender mbassador(boolean async, Fault fault) {
		MBassador<Event> bus = new MBassador<>((fault == Fault.ERROR_HANDLER) ? (error) -> {
			throw fault.failure();
		} : new IPublicationErrorHandler.ConsoleLogger());
		return new Bus(registering(listeners(async), bus::subscribe, bus::unsubscribe), bus::publish, bus::shutdown,
				bus::shutdown);
	}

	private static Function<Handler, Object> listeners(boolean async) {
		return async ? AsyncListener::new : SyncListener::new;
	}

	/** Subscribes a handler by the registration of its listener. */
	private static <L> Function<Handler, Runnable> registering(Function<Handler, L> listeners, Consumer<L> register,
			Consumer<L> unregister) {
		return (handler) -> {
			L listener = listeners.apply(handler);
			register.accept(listener);
			return () -> unregister.accept(listener);
		};
	}

	/** A bus, given by its operations. */
	private record Bus(Function<Handler, Runnable> subscribe, Consumer<Event> post, Runnable end,
			Runnable release) implements Contender {

		/** The shutdown of a bus without such an operation. */
		static final Runnable NONE = () -> {
			throw new NotApplicable();
		};

		@Override
		public Runnable subscribe(String id, Handler handler) {
			return this.subscribe.apply(handler);
		}

		@Override
		public void publish(String name, Event event) {
			this.post.accept(event);
		}

		@Override
		public void shutDown() {
			this.end.run();
		}

		@Override
		public void close() {
			if (this.end != NONE) {
				this.end.run();
			}
			this.release.run();
		}

	}

	/** Micrometer observations: each event is an observation that stops at once. */
	private record Observations(ObservationRegistry registry) implements Contender {

		@Override
		public Runnable subscribe(String id, Handler handler) {
			subscribe(id, (event) -> true, handler);
			return Bus.NONE;
		}

		@Override
		public void subscribe(String id, Predicate<Event> condition, Handler handler) {
			this.registry.observationConfig().observationHandler(new Observer(handler, condition));
		}

		@Override
		public void publish(String name, Event event) {
			Observation.start(name, () -> new Observation.Context().put(Event.class, event), this.registry).stop();
		}

		@Override
		public boolean isNamed() {
			return true;
		}

		@Override
		public void close() {
		}

	}

	private record Observer(Handler handler,
			Predicate<Event> condition) implements ObservationHandler<Observation.Context> {

		@Override
		public boolean supportsContext(Observation.Context context) {
			return this.condition.test(context.getRequired(Event.class));
		}

		@Override
		public void onStop(Observation.Context context) {
			this.handler.<RuntimeException>call(context.getRequired(Event.class));
		}

	}

	/**
	 * A handler on the posting thread, or on the executor of Guava's asynchronous bus.
	 */
	@Listener(references = References.Strong)
	public static final class SyncListener {

		private final Handler handler;

		SyncListener(Handler handler) {
			this.handler = handler;
		}

		@Subscribe
		@com.google.common.eventbus.Subscribe
		@net.engio.mbassy.listener.Handler
		public void on(Event event) throws Throwable {
			this.handler.handle(event);
		}

	}

	/** A handler on a thread of the bus. */
	@Listener(references = References.Strong)
	public static final class AsyncListener {

		private final Handler handler;

		AsyncListener(Handler handler) {
			this.handler = handler;
		}

		@Subscribe(threadMode = ThreadMode.ASYNC)
		@net.engio.mbassy.listener.Handler(delivery = Invoke.Asynchronously)
		public void on(Event event) throws Throwable {
			this.handler.handle(event);
		}

	}

	/** A failing subscriber of greenrobot's exception events. */
	public static final class ErrorListener {

		@Subscribe
		public void on(SubscriberExceptionEvent event) {
			throw Fault.ERROR_HANDLER.failure();
		}

	}

}
