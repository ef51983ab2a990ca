package io.telemetryrouter.benchmarks;

import java.util.concurrent.TimeUnit;

import io.telemetryrouter.EventType;
import io.telemetryrouter.TelemetryRouter;
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

/**
 * The router with synchronous typed lambda handlers, by {@link EventType}.
 *
 * @since 0.1.0
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 10, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(2)
public class TypedBenchmark {

	private static final EventType<Usage> TYPE = EventType.of(Usage.class);

	@Param({ "1", "8" })
	public int handlers;

	@Param({ "off", "on" })
	public String measuring;

	private TelemetryRouter router;

	private final Usage payload = Usage.sample();

	/**
	 * Prepares the router.
	 */
	@Setup
	public void setUp() {
		this.router = Routers.create(this.measuring);
		for (Observers.Observer observer : Observers.raw(this.handlers)) {
			this.router.subscribe(TYPE, Observers.typedLambda(observer));
		}
	}

	/**
	 * Closes the router.
	 */
	@TearDown
	public void tearDown() {
		this.router.close();
	}

	@Benchmark
	public void emit() {
		this.router.emit(TYPE, this.payload);
	}

}
