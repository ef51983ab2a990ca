package io.telemetryrouter.benchmarks;

import java.util.Map;
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
import org.openjdk.jmh.infra.ThreadParams;

import io.telemetryrouter.TelemetryRouter;

/**
 * The throughput of several threads ({@code -t}) that emit the same name, or each its
 * own, to eight handlers. The limit says what the machine's cores give.
 *
 * @since 0.1.0
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 10, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(2)
public class ThreadsBenchmark {

	@Benchmark
	public void limit(ByHand limit, Emitter emitter) {
		LimitBenchmark.Limit route = limit.routes.get(emitter.event);
		if (route != null) {
			route.dispatch(emitter.event, emitter.payload);
		}
	}

	@Benchmark
	public void sameName(Ours ours, Emitter emitter) {
		ours.router.emit(Usage.EVENT, emitter.payload);
	}

	@Benchmark
	public void ownName(Ours ours, Emitter emitter) {
		ours.router.emit(emitter.event, emitter.payload);
	}

	/** A thread that emits. */
	@State(Scope.Thread)
	public static class Emitter {

		private final Usage payload = Usage.sample();

		private String event = "";

		/**
		 * Prepares the name.
		 * @param params which thread this is
		 */
		@Setup
		public void setUp(ThreadParams params) {
			this.event = Usage.EVENT + (params.getThreadIndex() % Ours.NAMES);
		}

	}

	/** The router. */
	@State(Scope.Benchmark)
	public static class Ours {

		static final int NAMES = 64;

		@Param({ "off", "on" })
		public String measuring;

		private TelemetryRouter router;

		/**
		 * Prepares the router.
		 */
		@Setup
		public void setUp() {
			this.router = Routers.create(this.measuring);
			subscribe(Usage.EVENT);
			for (int i = 0; i < NAMES; i++) {
				subscribe(Usage.EVENT + i);
			}
		}

		private void subscribe(String event) {
			for (Observers.Observer observer : Observers.raw(Observers.CLASSES)) {
				this.router.subscribe(event, Observers.lambda(observer));
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
	@State(Scope.Benchmark)
	public static class ByHand {

		private final Map<String, LimitBenchmark.Limit> routes = new ConcurrentHashMap<>();

		/**
		 * Prepares the routes.
		 */
		@Setup
		public void setUp() {
			for (int i = 0; i < Ours.NAMES; i++) {
				this.routes.put(Usage.EVENT + i, new LimitBenchmark.Limit(Observers.CLASSES));
			}
		}

	}

}
