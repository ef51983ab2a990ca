package io.telemetryrouter.benchmarks;

import java.util.concurrent.TimeUnit;

import io.telemetryrouter.PayloadHandler;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Calls a handler without any router: the floor under every other number.
 *
 * @since 0.1.0
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DirectCallBenchmark {

	private final Object payload = new Object();

	@Benchmark
	public void call(Blackhole blackhole) throws Exception {
		PayloadHandler<Object> handler = (event, payload) -> blackhole.consume(payload);
		handler.handle("tool_execution", this.payload);
	}

}
