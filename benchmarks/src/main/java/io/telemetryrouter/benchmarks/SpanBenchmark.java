package io.telemetryrouter.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.TelemetryRouter;

/**
 * A span, compared with emits of the same two events.
 */
public class SpanBenchmark extends AbstractBenchmark {

	@Param({ "emits", "span" })
	public String by;

	@Param({ "payload", "event" })
	public String takes;

	private TelemetryRouter router;

	private int seen;

	@Setup
	public void setUp() {
		this.router = Routes.builder("on").build();
		HandlerSpec.Builder<Object> handler = HandlerSpec.on("agent.tool.*");
		this.router.subscribe((this.takes.equals("event") ? handler.eventHandler((event) -> this.seen++)
				: handler.handler((event, payload) -> this.seen++))
			.build());
		this.emitter = Emitter.of(this.router);
	}

	@Benchmark
	public void emit() {
		if (this.by.equals("span")) {
			this.router.span("agent.tool", this.payload).complete(this.payload);
		}
		else {
			this.router.emit("agent.tool.started", this.payload);
			this.router.emit("agent.tool.completed", this.payload);
		}
	}

}
