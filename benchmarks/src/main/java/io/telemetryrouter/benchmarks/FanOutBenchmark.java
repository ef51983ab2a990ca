package io.telemetryrouter.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.TelemetryRouter;

/**
 * One event to several lanes with room for all events, so that nobody waits. With
 * {@code -prof gc}: what an event allocates, and what each lane adds to that.
 *
 * @since 0.1.0
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 10, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(2)
public class FanOutBenchmark {

	private static final int EVENTS = 10_000;

	@Param({ "1", "8" })
	public int lanes;

	@Param({ "off", "on" })
	public String measuring;

	private final Usage payload = Usage.sample();

	private final List<Lanes.CountingHandler> handlers = new ArrayList<>();

	private TelemetryRouter router;

	/**
	 * Prepares the router.
	 */
	@Setup
	public void setUp() {
		this.router = Routers.builder(this.measuring).build();
		for (int i = 0; i < this.lanes; i++) {
			Lanes.CountingHandler handler = new Lanes.CountingHandler();
			this.handlers.add(handler);
			this.router.subscribe(HandlerSpec.on(Usage.EVENT).async().maxQueue(EVENTS).handler(handler).build());
		}
	}

	/**
	 * Closes the router.
	 */
	@TearDown
	public void tearDown() {
		this.router.close();
		for (Lanes.CountingHandler handler : this.handlers) {
			if (handler.handled() % EVENTS != 0) {
				throw new IllegalStateException("Lost without being counted: " + handler.handled());
			}
		}
	}

	@Benchmark
	@OperationsPerInvocation(EVENTS)
	public boolean emit() {
		for (int i = 0; i < EVENTS; i++) {
			this.router.emit(Usage.EVENT, this.payload);
		}
		return this.router.flush(Duration.ofMinutes(1)).complete();
	}

}
