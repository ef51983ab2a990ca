package io.telemetryrouter.benchmarks;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

import io.telemetryrouter.RunScope;
import io.telemetryrouter.TelemetryRouter;

/**
 * One emit to a payload handler, inside a run or outside.
 */
public class RunBenchmark extends AbstractBenchmark {

	@Param({ "none", "open" })
	public String run;

	private TelemetryRouter router;

	private @Nullable RunScope scope;

	@Setup
	public void setUp() {
		this.router = Routes.builder("on").build();
		Observer.reading(1).forEach((observer) -> this.router.subscribe(Usage.EVENT, observer.lambda()));
		this.emitter = Emitter.of(this.router);
	}

	@Setup(Level.Iteration)
	public void open() {
		this.scope = this.run.equals("open") ? this.router.openRun("run-1") : null;
	}

	@TearDown(Level.Iteration)
	public void leave() {
		if (this.scope != null) {
			this.scope.close();
		}
	}

	@Benchmark
	public void emit() {
		this.emitter.emit(Usage.EVENT, this.payload);
	}

}
