package io.telemetryrouter.benchmarks;

import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A new router in a warm JVM, with 64 names of 3 handlers: its first emit, and its emits
 * 2 to 1,000 in rotation; compared with a new loop by hand.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 300)
@Measurement(iterations = 100)
public class ColdBenchmark extends AbstractBenchmark {

	@Param({ "router", "hand" })
	public String by;

	@Param({ "1", "999" })
	public int emits;

	private final String[] names = Routes.names(64);

	private int first;

	@Setup(Level.Invocation)
	public void setUp() {
		this.emitter = Routes.create(this.by, "on", this.names, 3);
		this.first = (this.emits == 1) ? 0 : 1;
		Routes.emit(this.emitter, this.names, 0, this.first);
	}

	@TearDown(Level.Invocation)
	public void tearDown() {
		this.emitter.close();
	}

	@Benchmark
	public void emit() {
		Routes.emit(this.emitter, this.names, this.first, this.first + this.emits);
	}

}
