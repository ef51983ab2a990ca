package io.telemetryrouter.benchmarks;

import java.util.ArrayList;
import java.util.List;
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

import io.telemetryrouter.PayloadHandler;
import io.telemetryrouter.Subscription;
import io.telemetryrouter.TelemetryRouter;

/**
 * Registration of many handlers on a router in use, for one name or for a name each. The
 * emit at the end includes the work that registration defers.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 20)
@Measurement(iterations = 10)
public class RegistrationBenchmark extends AbstractBenchmark {

	@Param({ "1000", "10000" })
	public int count;

	@Param({ "same", "own" })
	public String names;

	private final PayloadHandler<Object> handler = Observer.reading(1).get(0).lambda();

	private final List<Subscription> subscriptions = new ArrayList<>();

	private String[] events = new String[0];

	private TelemetryRouter router;

	@Setup(Level.Invocation)
	public void createRouter() {
		this.events = Routes.names(this.count);
		this.router = Routes.builder("on").build();
		this.subscriptions.clear();
		this.router.emit(this.events[0], this.payload);
	}

	@TearDown(Level.Invocation)
	public void closeRouter() {
		this.router.close();
	}

	@Benchmark
	public void register() {
		for (String event : this.events) {
			this.subscriptions
				.add(this.router.subscribe(this.names.equals("same") ? this.events[0] : event, this.handler));
		}
		this.router.emit(this.events[0], this.payload);
	}

	@Benchmark
	public void registerAndRemove() {
		register();
		this.subscriptions.forEach(Subscription::close);
		this.router.emit(this.events[0], this.payload);
	}

}
