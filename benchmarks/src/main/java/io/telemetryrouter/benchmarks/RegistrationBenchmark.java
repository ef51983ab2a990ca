package io.telemetryrouter.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import io.telemetryrouter.PayloadHandler;
import io.telemetryrouter.Subscription;
import io.telemetryrouter.TelemetryRouter;

/**
 * Registering and removing many handlers of the same event, or each of its own, on a
 * router that has been used.
 *
 * @since 0.1.0
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 30)
@Measurement(iterations = 10)
@Fork(2)
public class RegistrationBenchmark {

	@Param({ "1000", "10000" })
	public int count;

	@Param({ "same", "own" })
	public String names;

	private final PayloadHandler<Object> handler = Observers.lambda(Observers.raw(1).get(0));

	private final Usage payload = Usage.sample();

	private String[] events = new String[0];

	private TelemetryRouter router;

	private List<Subscription> subscriptions = new ArrayList<>();

	/**
	 * Prepares the names.
	 */
	@Setup
	public void setUp() {
		this.events = new String[this.count];
		for (int i = 0; i < this.count; i++) {
			this.events[i] = this.names.equals("same") ? Usage.EVENT : Usage.EVENT + i;
		}
	}

	/**
	 * Prepares the router.
	 */
	@Setup(Level.Invocation)
	public void createRouter() {
		this.router = Routers.builder("on").build();
		this.subscriptions = new ArrayList<>(this.count);
		this.router.emit(this.events[0], this.payload);
	}

	/**
	 * Closes the router.
	 */
	@TearDown(Level.Invocation)
	public void closeRouter() {
		this.router.close();
	}

	@Benchmark
	public void register() {
		registerAll();
		this.router.emit(this.events[0], this.payload);
	}

	@Benchmark
	public void registerAndRemove() {
		registerAll();
		this.router.emit(this.events[0], this.payload);
		for (Subscription subscription : this.subscriptions) {
			subscription.close();
		}
		this.router.emit(this.events[0], this.payload);
	}

	private void registerAll() {
		for (String event : this.events) {
			this.subscriptions.add(this.router.subscribe(event, this.handler));
		}
	}

}
