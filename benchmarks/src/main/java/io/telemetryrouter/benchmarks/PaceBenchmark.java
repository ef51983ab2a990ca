package io.telemetryrouter.benchmarks;

import java.util.concurrent.locks.LockSupport;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Single emits at an agent's pace, one each 0.5 ms, in rotation over 64 names with 3
 * handlers each. Between two emits the thread parks.
 */
@BenchmarkMode(Mode.SampleTime)
@Warmup(iterations = 1, time = 2)
@Measurement(iterations = 1, time = 12)
public class PaceBenchmark extends AbstractBenchmark {

	private static final long INTERVAL = 500_000;

	@Param({ "router", "hand" })
	public String by;

	private final String[] names = Routes.names(64);

	private int next;

	private long due = System.nanoTime();

	@Setup
	public void setUp() {
		this.emitter = Routes.create(this.by, "on", this.names, 3);
		Routes.emit(this.emitter, this.names, 0, 300_000);
	}

	@Setup(Level.Invocation)
	public void pace() {
		this.due = Math.max(this.due + INTERVAL, System.nanoTime() - INTERVAL);
		for (long rest = INTERVAL; rest > 0; rest = this.due - System.nanoTime()) {
			LockSupport.parkNanos(rest);
		}
		this.next = (this.next + 1) % this.names.length;
	}

	@Benchmark
	public void emit() {
		this.emitter.emit(this.names[this.next], this.payload);
	}

}
