package io.telemetryrouter.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import com.google.common.eventbus.AllowConcurrentEvents;
import com.google.common.eventbus.Subscribe;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.telemetryrouter.PayloadHandler;
import io.telemetryrouter.spring.annotation.TelemetryListener;
import net.engio.mbassy.listener.Handler;
import net.engio.mbassy.listener.Listener;
import net.engio.mbassy.listener.References;
import org.springframework.context.event.EventListener;

/**
 * The handlers, the same for every contender: eight classes, so that the sites that call
 * them are megamorphic as in an application, each with the annotations of all contenders.
 * <p>
 * A handler looks at its payload and writes nothing, so that several threads do not meet
 * in it; what it would write if the payload were odd keeps the look from being compiled
 * away.
 *
 * @since 0.1.0
 */
public final class Observers {

	/** How many classes of handlers there are. */
	static final int CLASSES = 8;

	private Observers() {
	}

	/**
	 * Creates handlers.
	 * @param count how many
	 * @return the handlers, of as many classes as there are
	 */
	static List<Observer> raw(int count) {
		List<Observer> observers = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			observers.add(rawOf(i));
		}
		return observers;
	}

	/**
	 * Creates handlers with a Micrometer timer each.
	 * @param count how many
	 * @param registry where the timers are registered
	 * @return the handlers, of as many classes as there are
	 */
	static List<Observer> timed(int count, MeterRegistry registry) {
		List<Observer> observers = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			observers.add(timedOf(i, Timer.builder("handler").tag("id", "h" + i).register(registry)));
		}
		return observers;
	}

	private static Observer rawOf(int index) {
		return switch (index % CLASSES) {
			case 0 -> new RawA();
			case 1 -> new RawB();
			case 2 -> new RawC();
			case 3 -> new RawD();
			case 4 -> new RawE();
			case 5 -> new RawF();
			case 6 -> new RawG();
			default -> new RawH();
		};
	}

	private static Observer timedOf(int index, Timer timer) {
		return switch (index % CLASSES) {
			case 0 -> new TimedA(timer);
			case 1 -> new TimedB(timer);
			case 2 -> new TimedC(timer);
			case 3 -> new TimedD(timer);
			case 4 -> new TimedE(timer);
			case 5 -> new TimedF(timer);
			case 6 -> new TimedG(timer);
			default -> new TimedH(timer);
		};
	}

	/**
	 * Returns the lambda of a raw handler's class: eight classes of lambdas.
	 * @param observer the handler
	 * @return the lambda
	 */
	static PayloadHandler<Object> lambda(Observer observer) {
		if (observer instanceof RawA raw) {
			return (event, payload) -> raw.on((Usage) payload);
		}
		if (observer instanceof RawB raw) {
			return (event, payload) -> raw.on((Usage) payload);
		}
		if (observer instanceof RawC raw) {
			return (event, payload) -> raw.on((Usage) payload);
		}
		if (observer instanceof RawD raw) {
			return (event, payload) -> raw.on((Usage) payload);
		}
		if (observer instanceof RawE raw) {
			return (event, payload) -> raw.on((Usage) payload);
		}
		if (observer instanceof RawF raw) {
			return (event, payload) -> raw.on((Usage) payload);
		}
		if (observer instanceof RawG raw) {
			return (event, payload) -> raw.on((Usage) payload);
		}
		if (observer instanceof RawH raw) {
			return (event, payload) -> raw.on((Usage) payload);
		}
		throw new IllegalArgumentException(observer.toString());
	}

	/**
	 * Returns the typed lambda of a raw handler's class: eight classes of lambdas.
	 * @param observer the handler
	 * @return the lambda
	 */
	static PayloadHandler<Usage> typedLambda(Observer observer) {
		if (observer instanceof RawA raw) {
			return (event, usage) -> raw.on(usage);
		}
		if (observer instanceof RawB raw) {
			return (event, usage) -> raw.on(usage);
		}
		if (observer instanceof RawC raw) {
			return (event, usage) -> raw.on(usage);
		}
		if (observer instanceof RawD raw) {
			return (event, usage) -> raw.on(usage);
		}
		if (observer instanceof RawE raw) {
			return (event, usage) -> raw.on(usage);
		}
		if (observer instanceof RawF raw) {
			return (event, usage) -> raw.on(usage);
		}
		if (observer instanceof RawG raw) {
			return (event, usage) -> raw.on(usage);
		}
		if (observer instanceof RawH raw) {
			return (event, usage) -> raw.on(usage);
		}
		throw new IllegalArgumentException(observer.toString());
	}

	/**
	 * Returns the consumer of a handler's class: eight classes of lambdas each.
	 * @param observer the handler
	 * @return the lambda
	 */
	static Consumer<Usage> consumer(Observer observer) {
		if (observer instanceof RawA raw) {
			return (usage) -> raw.on(usage);
		}
		if (observer instanceof RawB raw) {
			return (usage) -> raw.on(usage);
		}
		if (observer instanceof RawC raw) {
			return (usage) -> raw.on(usage);
		}
		if (observer instanceof RawD raw) {
			return (usage) -> raw.on(usage);
		}
		if (observer instanceof RawE raw) {
			return (usage) -> raw.on(usage);
		}
		if (observer instanceof RawF raw) {
			return (usage) -> raw.on(usage);
		}
		if (observer instanceof RawG raw) {
			return (usage) -> raw.on(usage);
		}
		if (observer instanceof RawH raw) {
			return (usage) -> raw.on(usage);
		}
		if (observer instanceof TimedA timed) {
			return (usage) -> timed.on(usage);
		}
		if (observer instanceof TimedB timed) {
			return (usage) -> timed.on(usage);
		}
		if (observer instanceof TimedC timed) {
			return (usage) -> timed.on(usage);
		}
		if (observer instanceof TimedD timed) {
			return (usage) -> timed.on(usage);
		}
		if (observer instanceof TimedE timed) {
			return (usage) -> timed.on(usage);
		}
		if (observer instanceof TimedF timed) {
			return (usage) -> timed.on(usage);
		}
		if (observer instanceof TimedG timed) {
			return (usage) -> timed.on(usage);
		}
		if (observer instanceof TimedH timed) {
			return (usage) -> timed.on(usage);
		}
		throw new IllegalArgumentException(observer.toString());
	}

	/** A handler. */
	public abstract static class Observer {

		private int odd;

		/**
		 * Handles an event.
		 * @param usage the payload
		 */
		public abstract void on(Usage usage);

		final void look(Usage usage) {
			if (usage.inputTokens() <= 0) {
				this.odd++;
			}
		}

		final int odd() {
			return this.odd;
		}

	}

	/** A raw handler. */
	@Listener(references = References.Strong)
	public static final class RawA extends Observer {

		@Override
		@org.greenrobot.eventbus.Subscribe
		@Subscribe
		@AllowConcurrentEvents
		@Handler
		@EventListener
		@TelemetryListener(Usage.EVENT)
		public void on(Usage usage) {
			look(usage);
		}

	}

	/** A raw handler. */
	@Listener(references = References.Strong)
	public static final class RawB extends Observer {

		@Override
		@org.greenrobot.eventbus.Subscribe
		@Subscribe
		@AllowConcurrentEvents
		@Handler
		@EventListener
		@TelemetryListener(Usage.EVENT)
		public void on(Usage usage) {
			look(usage);
		}

	}

	/** A raw handler. */
	@Listener(references = References.Strong)
	public static final class RawC extends Observer {

		@Override
		@org.greenrobot.eventbus.Subscribe
		@Subscribe
		@AllowConcurrentEvents
		@Handler
		@EventListener
		@TelemetryListener(Usage.EVENT)
		public void on(Usage usage) {
			look(usage);
		}

	}

	/** A raw handler. */
	@Listener(references = References.Strong)
	public static final class RawD extends Observer {

		@Override
		@org.greenrobot.eventbus.Subscribe
		@Subscribe
		@AllowConcurrentEvents
		@Handler
		@EventListener
		@TelemetryListener(Usage.EVENT)
		public void on(Usage usage) {
			look(usage);
		}

	}

	/** A raw handler. */
	@Listener(references = References.Strong)
	public static final class RawE extends Observer {

		@Override
		@org.greenrobot.eventbus.Subscribe
		@Subscribe
		@AllowConcurrentEvents
		@Handler
		@EventListener
		@TelemetryListener(Usage.EVENT)
		public void on(Usage usage) {
			look(usage);
		}

	}

	/** A raw handler. */
	@Listener(references = References.Strong)
	public static final class RawF extends Observer {

		@Override
		@org.greenrobot.eventbus.Subscribe
		@Subscribe
		@AllowConcurrentEvents
		@Handler
		@EventListener
		@TelemetryListener(Usage.EVENT)
		public void on(Usage usage) {
			look(usage);
		}

	}

	/** A raw handler. */
	@Listener(references = References.Strong)
	public static final class RawG extends Observer {

		@Override
		@org.greenrobot.eventbus.Subscribe
		@Subscribe
		@AllowConcurrentEvents
		@Handler
		@EventListener
		@TelemetryListener(Usage.EVENT)
		public void on(Usage usage) {
			look(usage);
		}

	}

	/** A raw handler. */
	@Listener(references = References.Strong)
	public static final class RawH extends Observer {

		@Override
		@org.greenrobot.eventbus.Subscribe
		@Subscribe
		@AllowConcurrentEvents
		@Handler
		@EventListener
		@TelemetryListener(Usage.EVENT)
		public void on(Usage usage) {
			look(usage);
		}

	}

	/** A timed handler. */
	@Listener(references = References.Strong)
	public static final class TimedA extends Observer {

		private final Timer timer;

		TimedA(Timer timer) {
			this.timer = timer;
		}

		@Override
		@org.greenrobot.eventbus.Subscribe
		@Subscribe
		@AllowConcurrentEvents
		@Handler
		@EventListener
		@TelemetryListener(Usage.EVENT)
		public void on(Usage usage) {
			long start = System.nanoTime();
			try {
				look(usage);
			}
			finally {
				this.timer.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
			}
		}

	}

	/** A timed handler. */
	@Listener(references = References.Strong)
	public static final class TimedB extends Observer {

		private final Timer timer;

		TimedB(Timer timer) {
			this.timer = timer;
		}

		@Override
		@org.greenrobot.eventbus.Subscribe
		@Subscribe
		@AllowConcurrentEvents
		@Handler
		@EventListener
		@TelemetryListener(Usage.EVENT)
		public void on(Usage usage) {
			long start = System.nanoTime();
			try {
				look(usage);
			}
			finally {
				this.timer.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
			}
		}

	}

	/** A timed handler. */
	@Listener(references = References.Strong)
	public static final class TimedC extends Observer {

		private final Timer timer;

		TimedC(Timer timer) {
			this.timer = timer;
		}

		@Override
		@org.greenrobot.eventbus.Subscribe
		@Subscribe
		@AllowConcurrentEvents
		@Handler
		@EventListener
		@TelemetryListener(Usage.EVENT)
		public void on(Usage usage) {
			long start = System.nanoTime();
			try {
				look(usage);
			}
			finally {
				this.timer.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
			}
		}

	}

	/** A timed handler. */
	@Listener(references = References.Strong)
	public static final class TimedD extends Observer {

		private final Timer timer;

		TimedD(Timer timer) {
			this.timer = timer;
		}

		@Override
		@org.greenrobot.eventbus.Subscribe
		@Subscribe
		@AllowConcurrentEvents
		@Handler
		@EventListener
		@TelemetryListener(Usage.EVENT)
		public void on(Usage usage) {
			long start = System.nanoTime();
			try {
				look(usage);
			}
			finally {
				this.timer.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
			}
		}

	}

	/** A timed handler. */
	@Listener(references = References.Strong)
	public static final class TimedE extends Observer {

		private final Timer timer;

		TimedE(Timer timer) {
			this.timer = timer;
		}

		@Override
		@org.greenrobot.eventbus.Subscribe
		@Subscribe
		@AllowConcurrentEvents
		@Handler
		@EventListener
		@TelemetryListener(Usage.EVENT)
		public void on(Usage usage) {
			long start = System.nanoTime();
			try {
				look(usage);
			}
			finally {
				this.timer.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
			}
		}

	}

	/** A timed handler. */
	@Listener(references = References.Strong)
	public static final class TimedF extends Observer {

		private final Timer timer;

		TimedF(Timer timer) {
			this.timer = timer;
		}

		@Override
		@org.greenrobot.eventbus.Subscribe
		@Subscribe
		@AllowConcurrentEvents
		@Handler
		@EventListener
		@TelemetryListener(Usage.EVENT)
		public void on(Usage usage) {
			long start = System.nanoTime();
			try {
				look(usage);
			}
			finally {
				this.timer.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
			}
		}

	}

	/** A timed handler. */
	@Listener(references = References.Strong)
	public static final class TimedG extends Observer {

		private final Timer timer;

		TimedG(Timer timer) {
			this.timer = timer;
		}

		@Override
		@org.greenrobot.eventbus.Subscribe
		@Subscribe
		@AllowConcurrentEvents
		@Handler
		@EventListener
		@TelemetryListener(Usage.EVENT)
		public void on(Usage usage) {
			long start = System.nanoTime();
			try {
				look(usage);
			}
			finally {
				this.timer.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
			}
		}

	}

	/** A timed handler. */
	@Listener(references = References.Strong)
	public static final class TimedH extends Observer {

		private final Timer timer;

		TimedH(Timer timer) {
			this.timer = timer;
		}

		@Override
		@org.greenrobot.eventbus.Subscribe
		@Subscribe
		@AllowConcurrentEvents
		@Handler
		@EventListener
		@TelemetryListener(Usage.EVENT)
		public void on(Usage usage) {
			long start = System.nanoTime();
			try {
				look(usage);
			}
			finally {
				this.timer.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
			}
		}

	}

}
