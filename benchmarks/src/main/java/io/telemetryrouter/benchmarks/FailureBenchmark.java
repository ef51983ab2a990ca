package io.telemetryrouter.benchmarks;

import java.time.Duration;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

import io.telemetryrouter.QuarantineSettings;
import io.telemetryrouter.TelemetryRouter;

/**
 * One emit to a handler that throws, after the handler has received events of one or many
 * names.
 */
public class FailureBenchmark extends AbstractBenchmark {

	private static final RuntimeException FAILURE = new IllegalStateException("expected");

	/** Evaluates every failure, with limits that are never reached. */
	private static final QuarantineSettings QUARANTINE = QuarantineSettings.defaults()
		.withFailures(Integer.MAX_VALUE)
		.withFailureRate(1, Duration.ofDays(1), Integer.MAX_VALUE);

	@Param({ "1", "9900" })
	public int names;

	private boolean failing;

	private String event = "";

	@Setup
	public void setUp() {
		TelemetryRouter router = Routes.builder("on").quarantine(QUARANTINE).build();
		router.subscribeAll((event, payload) -> {
			if (this.failing) {
				throw FAILURE;
			}
		});
		String[] events = Routes.names(this.names);
		// Many emits of each name, as in steady use.
		this.emitter = Emitter.of(router);
		Routes.emit(this.emitter, events, 0, 1100 * events.length);
		this.event = events[0];
		this.failing = true;
	}

	@Benchmark
	public void emit() {
		this.emitter.emit(this.event, this.payload);
	}

}
