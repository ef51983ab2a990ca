package io.telemetryrouter.benchmarks;

import java.util.List;
import java.util.concurrent.TimeUnit;

import com.google.common.eventbus.EventBus;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import net.engio.mbassy.bus.SyncMessageBus;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import reactor.core.publisher.Sinks;

import io.telemetryrouter.benchmarks.Observers.Observer;

/**
 * What a user would pick instead, each in the quickest of its usual configurations: raw,
 * and with a Micrometer timer around every handler.
 *
 * @since 0.1.0
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 10, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(2)
public class PeerBenchmark {

	@Benchmark
	public void spring(Spring peer) {
		peer.context.publishEvent(peer.payload);
	}

	@Benchmark
	public void guava(Guava peer) {
		peer.bus.post(peer.payload);
	}

	@Benchmark
	public void greenrobot(Greenrobot peer) {
		peer.bus.post(peer.payload);
	}

	@Benchmark
	public void mbassador(Mbassador peer) {
		peer.bus.publish(peer.payload);
	}

	@Benchmark
	public Object reactor(Reactor peer) {
		return peer.sink.tryEmitNext(peer.payload);
	}

	/** What the peers have in common. */
	@State(Scope.Benchmark)
	public abstract static class Peer {

		@Param({ "1", "8" })
		public int handlers;

		@Param({ "none", "handler" })
		public String timer;

		final Usage payload = Usage.sample();

		private final MeterRegistry registry = new SimpleMeterRegistry();

		final List<Observer> observers(int count) {
			return this.timer.equals("none") ? Observers.raw(count) : Observers.timed(count, this.registry);
		}

	}

	/** Spring's events. */
	public static class Spring extends Peer {

		private AnnotationConfigApplicationContext context;

		private AnnotationConfigApplicationContext polluting;

		/**
		 * Prepares the contexts.
		 */
		@Setup
		public void setUp() {
			this.polluting = create(Observers.CLASSES);
			Pollution.run(() -> this.polluting.publishEvent(this.payload));
			this.context = create(this.handlers);
		}

		/**
		 * Closes the contexts.
		 */
		@TearDown
		public void tearDown() {
			this.polluting.close();
			this.context.close();
		}

		private AnnotationConfigApplicationContext create(int count) {
			AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
			int index = 0;
			for (Observer observer : observers(count)) {
				register(context, "observer" + index++, observer.getClass(), observer);
			}
			context.refresh();
			return context;
		}

		private static <T> void register(AnnotationConfigApplicationContext context, String name, Class<T> type,
				Object bean) {
			context.registerBean(name, type, () -> type.cast(bean));
		}

	}

	/** Guava's event bus. */
	public static class Guava extends Peer {

		private EventBus bus;

		/**
		 * Prepares the bus.
		 */
		@Setup
		public void setUp() {
			EventBus polluting = create(Observers.CLASSES);
			Pollution.run(() -> polluting.post(this.payload));
			this.bus = create(this.handlers);
		}

		private EventBus create(int count) {
			EventBus bus = new EventBus();
			observers(count).forEach(bus::register);
			return bus;
		}

	}

	/** Greenrobot's event bus. */
	public static class Greenrobot extends Peer {

		private org.greenrobot.eventbus.EventBus bus;

		/**
		 * Prepares the bus.
		 */
		@Setup
		public void setUp() {
			org.greenrobot.eventbus.EventBus polluting = create(Observers.CLASSES);
			Pollution.run(() -> polluting.post(this.payload));
			this.bus = create(this.handlers);
		}

		private org.greenrobot.eventbus.EventBus create(int count) {
			org.greenrobot.eventbus.EventBus bus = org.greenrobot.eventbus.EventBus.builder()
				.eventInheritance(false)
				.build();
			observers(count).forEach(bus::register);
			return bus;
		}

	}

	/** MBassador's synchronous bus. */
	public static class Mbassador extends Peer {

		private SyncMessageBus<Object> bus;

		/**
		 * Prepares the bus.
		 */
		@Setup
		public void setUp() {
			SyncMessageBus<Object> polluting = create(Observers.CLASSES);
			Pollution.run(() -> polluting.publish(this.payload));
			this.bus = create(this.handlers);
		}

		private SyncMessageBus<Object> create(int count) {
			SyncMessageBus<Object> bus = new SyncMessageBus<>((error) -> {
				throw new IllegalStateException(error.getMessage(), error.getCause());
			});
			observers(count).forEach(bus::subscribe);
			return bus;
		}

	}

	/** Reactor's sink with the least of guarantees. */
	public static class Reactor extends Peer {

		private Sinks.Many<Usage> sink;

		/**
		 * Prepares the sink.
		 */
		@Setup
		public void setUp() {
			Sinks.Many<Usage> polluting = create(Observers.CLASSES);
			Pollution.run(() -> polluting.tryEmitNext(this.payload));
			this.sink = create(this.handlers);
		}

		private Sinks.Many<Usage> create(int count) {
			Sinks.Many<Usage> sink = Sinks.many().multicast().directBestEffort();
			for (Observer observer : observers(count)) {
				sink.asFlux().subscribe(Observers.consumer(observer));
			}
			return sink;
		}

	}

}
