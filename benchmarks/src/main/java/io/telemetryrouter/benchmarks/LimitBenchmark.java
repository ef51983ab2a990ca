package io.telemetryrouter.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.telemetryrouter.PayloadHandler;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a dispatch costs at least: a map look-up and a loop by hand, without and with the
 * clock.
 *
 * @since 0.1.0
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(2)
public class LimitBenchmark {

	@Param({ "1", "8" })
	public int handlers;

	private final Map<String, Limit> routes = new ConcurrentHashMap<>();

	private final Usage payload = Usage.sample();

	private final String event = Usage.EVENT;

	/**
	 * Prepares the routes.
	 */
	@Setup
	public void setUp() {
		this.routes.put(Pollution.EVENT, new Limit(Observers.CLASSES));
		Pollution.run(() -> {
			emit(Pollution.EVENT, this.payload);
			emitTimed(Pollution.EVENT, this.payload);
		});
		this.routes.put(this.event, new Limit(this.handlers));
	}

	@Benchmark
	public void untimed() {
		emit(this.event, this.payload);
	}

	@Benchmark
	public void timed() {
		emitTimed(this.event, this.payload);
	}

	private void emit(String event, Object payload) {
		Limit route = this.routes.get(event);
		if (route != null) {
			route.dispatch(event, payload);
		}
	}

	private void emitTimed(String event, Object payload) {
		Limit route = this.routes.get(event);
		if (route != null) {
			route.dispatchTimed(event, payload);
		}
	}

	/** A route by hand. */
	static final class Limit {

		private final PayloadHandler<Object>[] handlers;

		private final long[] nanos;

		private long failed;

		Limit(int count) {
			this(Observers.raw(count));
		}

		@SuppressWarnings({ "unchecked", "rawtypes" })
		Limit(List<Observers.Observer> observers) {
			this.handlers = observers.stream().map(Observers::lambda).toArray(PayloadHandler[]::new);
			this.nanos = new long[this.handlers.length];
		}

		void dispatch(String event, Object payload) {
			for (PayloadHandler<Object> handler : this.handlers) {
				try {
					handler.handle(event, payload);
				}
				catch (Throwable ex) {
					this.failed++;
				}
			}
		}

		void dispatchTimed(String event, Object payload) {
			long before = System.nanoTime();
			for (int i = 0; i < this.handlers.length; i++) {
				try {
					this.handlers[i].handle(event, payload);
				}
				catch (Throwable ex) {
					this.failed++;
				}
				long now = System.nanoTime();
				this.nanos[i] += now - before;
				before = now;
			}
		}

		long failed() {
			return this.failed;
		}

	}

}
