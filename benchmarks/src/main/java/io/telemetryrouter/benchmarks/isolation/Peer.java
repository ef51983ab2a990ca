package io.telemetryrouter.benchmarks.isolation;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.function.Predicate;

import com.google.common.eventbus.AsyncEventBus;
import com.google.common.eventbus.EventBus;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import net.engio.mbassy.bus.MBassador;
import net.engio.mbassy.bus.error.IPublicationErrorHandler;
import net.engio.mbassy.listener.Invoke;
import net.engio.mbassy.listener.Listener;
import net.engio.mbassy.listener.References;
import org.greenrobot.eventbus.ThreadMode;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/**
 * The contenders, each in its usual configuration.
 *
 * @since 0.1.0
 */
public enum Peer {

	/** This router. */
	ROUTER("telemetry-router", EnumSet.of(Fault.ERROR_HANDLER, Fault.CONTEXT)) {

		@Override
		Contender create(boolean async, Fault fault) {
			if (fault == Fault.CONTEXT && !async) {
				throw new Contender.NotApplicable();
			}
			return new Router(async, fault);
		}

	},

	/** Spring's events. */
	SPRING("Spring events", EnumSet.of(Fault.ERROR_HANDLER, Fault.CONTEXT)) {

		@Override
		Contender create(boolean async, Fault fault) {
			if (fault == Fault.CONTEXT && !async) {
				throw new Contender.NotApplicable();
			}
			return new Spring(async, fault);
		}

	},

	/** Guava's event bus. */
	GUAVA("Guava `EventBus`", EnumSet.of(Fault.ERROR_HANDLER)) {

		@Override
		Contender create(boolean async, Fault fault) {
			return new Guava(async, fault);
		}

	},

	/** Greenrobot's event bus. */
	GREENROBOT("greenrobot `EventBus`", EnumSet.of(Fault.ERROR_HANDLER)) {

		@Override
		Contender create(boolean async, Fault fault) {
			return new Greenrobot(async, fault);
		}

	},

	/** MBassador. */
	MBASSADOR("MBassador", EnumSet.of(Fault.ERROR_HANDLER)) {

		@Override
		Contender create(boolean async, Fault fault) {
			return new Mbassador(async, fault);
		}

	},

	/** Micrometer's observations. */
	OBSERVATION("`ObservationRegistry`", EnumSet.noneOf(Fault.class)) {

		@Override
		Contender create(boolean async, Fault fault) {
			if (async) {
				throw new Contender.NotApplicable();
			}
			return new Observations();
		}

	};

	/**
	 * How many threads an executor has that a contender leaves to its user: Boot's
	 * default.
	 */
	private static final int THREADS = 8;

	final String title;

	private final Set<Fault> faults;

	Peer(String title, Set<Fault> faults) {
		this.title = title;
		this.faults = faults;
	}

	/**
	 * Opens the contender.
	 * @param async whether its handlers are asynchronous
	 * @param fault what is broken around it
	 * @return the contender
	 */
	final Contender open(boolean async, Fault fault) {
		if (fault != Fault.NONE && !this.faults.contains(fault)) {
			throw new Contender.NotApplicable();
		}
		return create(async, fault);
	}

	/**
	 * Returns whether handlers can be asynchronous.
	 * @return {@code false} if there are only synchronous ones
	 */
	boolean isAsync() {
		return this != OBSERVATION;
	}

	abstract Contender create(boolean async, Fault fault);

	private static ExecutorService executor() {
		ThreadFactory daemons = (task) -> {
			Thread thread = new Thread(task);
			thread.setDaemon(true);
			return thread;
		};
		return Executors.newFixedThreadPool(THREADS, daemons);
	}

	/** Spring's multicaster in a context. */
	private static final class Spring implements Contender {

		private final GenericApplicationContext context = new GenericApplicationContext();

		private final ExecutorService executor = executor();

		Spring(boolean async, Fault fault) {
			SimpleApplicationEventMulticaster multicaster = new SimpleApplicationEventMulticaster(
					this.context.getBeanFactory());
			if (async) {
				multicaster.setTaskExecutor((fault == Fault.CONTEXT) ? (task) -> {
					// A task decorator runs where the task is submitted
					throw fault.failure();
				} : this.executor);
			}
			if (fault == Fault.ERROR_HANDLER) {
				multicaster.setErrorHandler((error) -> {
					throw fault.failure();
				});
			}
			this.context.getBeanFactory()
				.registerSingleton(AbstractApplicationContext.APPLICATION_EVENT_MULTICASTER_BEAN_NAME, multicaster);
			this.context.refresh();
		}

		@Override
		public Runnable subscribe(String id, Handler handler) {
			ApplicationListener<PayloadApplicationEvent<?>> listener = new SpringListener(handler);
			this.context.addApplicationListener(listener);
			return () -> this.context.removeApplicationListener(listener);
		}

		@Override
		public void publish(String name, Event event) {
			this.context.publishEvent(event);
		}

		@Override
		public void shutDown() {
			this.context.close();
		}

		@Override
		public void close() {
			this.context.close();
			this.executor.shutdownNow();
		}

	}

	private record SpringListener(
			Contender.Handler handler) implements ApplicationListener<PayloadApplicationEvent<?>> {

		@Override
		public void onApplicationEvent(PayloadApplicationEvent<?> event) {
			if (event.getPayload() instanceof Event payload) {
				try {
					this.handler.handle(payload);
				}
				catch (Throwable ex) {
					throw Contender.<RuntimeException>sneaky(ex);
				}
			}
		}

		// Listeners are compared by the multicaster
		@Override
		public boolean equals(Object other) {
			return this == other;
		}

		@Override
		public int hashCode() {
			return System.identityHashCode(this);
		}

	}

	/** Guava's, with its default handler of exceptions, which logs. */
	private static final class Guava implements Contender {

		private final ExecutorService executor = executor();

		private final EventBus bus;

		Guava(boolean async, Fault fault) {
			if (fault == Fault.ERROR_HANDLER) {
				this.bus = async ? new AsyncEventBus(this.executor, (error, context) -> {
					throw fault.failure();
				}) : new EventBus((error, context) -> {
					throw fault.failure();
				});
			}
			else {
				this.bus = async ? new AsyncEventBus(this.executor) : new EventBus();
			}
		}

		@Override
		public Runnable subscribe(String id, Handler handler) {
			GuavaListener listener = new GuavaListener(handler);
			this.bus.register(listener);
			return () -> this.bus.unregister(listener);
		}

		@Override
		public void publish(String name, Event event) {
			this.bus.post(event);
		}

		@Override
		public void close() {
			this.executor.shutdownNow();
		}

	}

	/**
	 * Guava's handler.
	 *
	 * @since 0.1.0
	 */
	public static final class GuavaListener {

		private final Contender.Handler handler;

		GuavaListener(Contender.Handler handler) {
			this.handler = handler;
		}

		/**
		 * Handles an event.
		 * @param event the event
		 * @throws Throwable whatever the handler throws
		 */
		@com.google.common.eventbus.Subscribe
		public void on(Event event) throws Throwable {
			this.handler.handle(event);
		}

	}

	/** Greenrobot's with its defaults: logs exceptions and posts them as events. */
	private static final class Greenrobot implements Contender {

		private final org.greenrobot.eventbus.EventBus bus = org.greenrobot.eventbus.EventBus.builder().build();

		private final boolean async;

		Greenrobot(boolean async, Fault fault) {
			this.async = async;
			if (fault == Fault.ERROR_HANDLER) {
				this.bus.register(new GreenrobotErrors(fault));
			}
		}

		@Override
		public Runnable subscribe(String id, Handler handler) {
			Object listener = this.async ? new GreenrobotAsync(handler) : new GreenrobotSync(handler);
			this.bus.register(listener);
			return () -> this.bus.unregister(listener);
		}

		@Override
		public void publish(String name, Event event) {
			this.bus.post(event);
		}

		@Override
		public void close() {
			// Its threads go by themselves
		}

	}

	/**
	 * Greenrobot's handler on the thread that posts.
	 *
	 * @since 0.1.0
	 */
	public static final class GreenrobotSync {

		private final Contender.Handler handler;

		GreenrobotSync(Contender.Handler handler) {
			this.handler = handler;
		}

		/**
		 * Handles an event.
		 * @param event the event
		 * @throws Throwable whatever the handler throws
		 */
		@org.greenrobot.eventbus.Subscribe
		public void on(Event event) throws Throwable {
			this.handler.handle(event);
		}

	}

	/**
	 * Greenrobot's handler on a thread of its pool.
	 *
	 * @since 0.1.0
	 */
	public static final class GreenrobotAsync {

		private final Contender.Handler handler;

		GreenrobotAsync(Contender.Handler handler) {
			this.handler = handler;
		}

		/**
		 * Handles an event.
		 * @param event the event
		 * @throws Throwable whatever the handler throws
		 */
		@org.greenrobot.eventbus.Subscribe(threadMode = ThreadMode.ASYNC)
		public void on(Event event) throws Throwable {
			this.handler.handle(event);
		}

	}

	/**
	 * Greenrobot's handler of failures.
	 *
	 * @since 0.1.0
	 */
	public static final class GreenrobotErrors {

		private final Fault fault;

		GreenrobotErrors(Fault fault) {
			this.fault = fault;
		}

		/**
		 * Handles a failure.
		 * @param event the failure
		 */
		@org.greenrobot.eventbus.Subscribe
		public void on(org.greenrobot.eventbus.SubscriberExceptionEvent event) {
			throw this.fault.failure();
		}

	}

	/** MBassador with its defaults and the error handler that comes with it. */
	private static final class Mbassador implements Contender {

		private final boolean async;

		private final MBassador<Event> bus;

		Mbassador(boolean async, Fault fault) {
			this.async = async;
			this.bus = new MBassador<>((fault == Fault.ERROR_HANDLER) ? (error) -> {
				throw fault.failure();
			} : new IPublicationErrorHandler.ConsoleLogger());
		}

		@Override
		public Runnable subscribe(String id, Handler handler) {
			Object listener = this.async ? new MbassadorAsync(handler) : new MbassadorSync(handler);
			this.bus.subscribe(listener);
			return () -> this.bus.unsubscribe(listener);
		}

		@Override
		public void publish(String name, Event event) {
			this.bus.publish(event);
		}

		@Override
		public void shutDown() {
			this.bus.shutdown();
		}

		@Override
		public void close() {
			this.bus.shutdown();
		}

	}

	/**
	 * MBassador's handler on the thread that publishes.
	 *
	 * @since 0.1.0
	 */
	@Listener(references = References.Strong)
	public static final class MbassadorSync {

		private final Contender.Handler handler;

		MbassadorSync(Contender.Handler handler) {
			this.handler = handler;
		}

		/**
		 * Handles an event.
		 * @param event the event
		 * @throws Throwable whatever the handler throws
		 */
		@net.engio.mbassy.listener.Handler
		public void on(Event event) throws Throwable {
			this.handler.handle(event);
		}

	}

	/**
	 * MBassador's handler on a thread of its pool.
	 *
	 * @since 0.1.0
	 */
	@Listener(references = References.Strong)
	public static final class MbassadorAsync {

		private final Contender.Handler handler;

		MbassadorAsync(Contender.Handler handler) {
			this.handler = handler;
		}

		/**
		 * Handles an event.
		 * @param event the event
		 * @throws Throwable whatever the handler throws
		 */
		@net.engio.mbassy.listener.Handler(delivery = Invoke.Asynchronously)
		public void on(Event event) throws Throwable {
			this.handler.handle(event);
		}

	}

	/** Observations: an event is one that starts and stops at once. */
	private static final class Observations implements Contender {

		private final ObservationRegistry registry = ObservationRegistry.create();

		@Override
		public Runnable subscribe(String id, Handler handler) {
			this.registry.observationConfig().observationHandler(new Observer(handler, (event) -> true));
			return () -> {
				throw new NotApplicable();
			};
		}

		@Override
		public void subscribe(String id, Predicate<Event> condition, Handler handler) {
			this.registry.observationConfig().observationHandler(new Observer(handler, condition));
		}

		@Override
		public void publish(String name, Event event) {
			Observation.start(name, () -> new EventContext(event), this.registry).stop();
		}

		@Override
		public boolean isNamed() {
			return true;
		}

		@Override
		public boolean isLeavable() {
			return false;
		}

		@Override
		public void close() {
		}

	}

	private static final class EventContext extends Observation.Context {

		private final Event event;

		EventContext(Event event) {
			this.event = event;
		}

	}

	private record Observer(Contender.Handler handler,
			Predicate<Event> condition) implements ObservationHandler<EventContext> {

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context instanceof EventContext known && this.condition.test(known.event);
		}

		@Override
		public void onStop(EventContext context) {
			try {
				this.handler.handle(context.event);
			}
			catch (Throwable ex) {
				throw Contender.<RuntimeException>sneaky(ex);
			}
		}

	}

	/** What is broken around the handlers. */
	enum Fault {

		/** Nothing. */
		NONE,

		/** Whoever is told of what handlers throw. */
		ERROR_HANDLER,

		/** What carries context from the emitter's thread to another. */
		CONTEXT;

		IllegalStateException failure() {
			return new IllegalStateException(name());
		}

	}

}
