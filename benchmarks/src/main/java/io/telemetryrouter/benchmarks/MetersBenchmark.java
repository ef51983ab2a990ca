package io.telemetryrouter.benchmarks;

import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
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

import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.benchmarks.Observers.Observer;
import io.telemetryrouter.spring.metrics.TelemetryRouterMetrics;

/**
 * What it costs an emit that the router's meters are bound to a Prometheus registry,
 * without and with a histogram.
 *
 * @since 0.1.0
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 10, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(2)
public class MetersBenchmark {

	private static final String DISPATCH = "telemetry.router.dispatch";

	@Param({ "1", "8" })
	public int handlers;

	@Param({ "none", "bound", "histogram" })
	public String meters;

	private final Usage payload = Usage.sample();

	private final String event = Usage.EVENT;

	private TelemetryRouter router;

	private PrometheusMeterRegistry registry;

	/**
	 * Prepares the router and binds it.
	 */
	@Setup
	public void setUp() {
		this.router = Routers.create("on");
		for (Observer observer : Observers.raw(this.handlers)) {
			this.router.subscribe(this.event, Observers.lambda(observer));
		}
		this.registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
		if (this.meters.equals("histogram")) {
			this.registry.config().meterFilter(new Histogram());
		}
		if (!this.meters.equals("none")) {
			new TelemetryRouterMetrics(this.router, 100).bindTo(this.registry);
		}
	}

	/**
	 * Closes the router; its events were counted.
	 */
	@TearDown
	public void tearDown() {
		if (!this.meters.equals("none") && !this.registry.scrape().contains("event=\"" + this.event + "\"")) {
			throw new IllegalStateException("Not bound");
		}
		this.router.close();
		this.registry.close();
	}

	@Benchmark
	public void emit() {
		this.router.emit(this.event, this.payload);
	}

	private static final class Histogram implements MeterFilter {

		@Override
		public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
			if (!id.getName().equals(DISPATCH)) {
				return config;
			}
			return DistributionStatisticConfig.builder().percentilesHistogram(true).build().merge(config);
		}

	}

}
