package io.telemetryrouter.benchmarks;

import java.util.concurrent.TimeUnit;

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
 * The router with synchronous lambda handlers, by name, on routes of every kind.
 *
 * @since 0.1.0
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 10, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(2)
public class SyncBenchmark {

	@Param({ "1", "8" })
	public int handlers;

	@Param({ "off", "on" })
	public String measuring;

	@Param({ "exact", "pattern", "all" })
	public String route;

	private TelemetryRouter router;

	private final Usage payload = Usage.sample();

	private final String event = Usage.EVENT;

	/**
	 * Prepares the router.
	 */
	@Setup
	public void setUp() {
		this.router = Routers.create(this.measuring);
		String pattern = switch (this.route) {
			case "pattern" -> "agent.*.execution";
			case "all" -> "**";
			default -> this.event;
		};
		for (Observers.Observer observer : Observers.raw(this.handlers)) {
			this.router.subscribe(pattern, Observers.lambda(observer));
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
		this.router.emit(this.event, this.payload);
	}

}
