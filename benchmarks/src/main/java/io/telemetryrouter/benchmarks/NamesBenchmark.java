package io.telemetryrouter.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

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

import io.telemetryrouter.TelemetryRouter;

/**
 * One emit where many event names are registered, with one handler each: always of the
 * same name, and of all names in turn, which no cache holds.
 *
 * @since 0.1.0
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 10, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(2)
public class NamesBenchmark {

	@Benchmark
	public void one(Ours ours) {
		ours.router.emit(ours.events[0], ours.payload);
	}

	@Benchmark
	public void inTurn(Ours ours) {
		ours.router.emit(ours.next(), ours.payload);
	}

	@Benchmark
	public void limitInTurn(ByHand limit) {
		String event = limit.next();
		LimitBenchmark.Limit route = limit.routes.get(event);
		if (route != null) {
			route.dispatch(event, limit.payload);
		}
	}

	/** The names. */
	@State(Scope.Benchmark)
	public abstract static class Names {

		@Param({ "1", "100", "10000" })
		public int names;

		final Usage payload = Usage.sample();

		String[] events = new String[0];

		private int index;

		final void create() {
			List<String> created = new ArrayList<>();
			for (int i = 0; i < this.names; i++) {
				created.add("agent.tool" + i + ".execution");
			}
			Collections.shuffle(created, new Random(42));
			this.events = created.toArray(new String[0]);
		}

		final String next() {
			int next = this.index + 1;
			this.index = (next < this.events.length) ? next : 0;
			return this.events[this.index];
		}

	}

	/** The router. */
	public static class Ours extends Names {

		@Param({ "off", "on" })
		public String measuring;

		private TelemetryRouter router;

		/**
		 * Prepares the router.
		 */
		@Setup
		public void setUp() {
			create();
			this.router = Routers.create(this.measuring);
			List<Observers.Observer> observers = Observers.raw(this.names);
			for (int i = 0; i < this.names; i++) {
				this.router.subscribe(this.events[i], Observers.lambda(observers.get(i)));
			}
		}

		/**
		 * Closes the router.
		 */
		@TearDown
		public void tearDown() {
			this.router.close();
		}

	}

	/** Routes by hand. */
	public static class ByHand extends Names {

		private final Map<String, LimitBenchmark.Limit> routes = new ConcurrentHashMap<>();

		/**
		 * Prepares the routes.
		 */
		@Setup
		public void setUp() {
			create();
			LimitBenchmark.Limit polluting = new LimitBenchmark.Limit(Observers.CLASSES);
			Pollution.run(() -> polluting.dispatch(Pollution.EVENT, this.payload));
			List<Observers.Observer> observers = Observers.raw(this.names);
			for (int i = 0; i < this.names; i++) {
				this.routes.put(this.events[i], new LimitBenchmark.Limit(List.of(observers.get(i))));
			}
		}

	}

}
