package io.telemetryrouter.spring.metrics;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;

import io.telemetryrouter.spring.test.StubRouter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for histograms, percentiles and service level objectives of
 * {@code telemetry.router.dispatch}.
 */
class DispatchHistogramTests {

	private static final DistributionStatisticConfig SLO = DistributionStatisticConfig.builder()
		.serviceLevelObjectives(1_000_000, 5_000_000)
		.build();

	private static final DistributionStatisticConfig HISTOGRAM = DistributionStatisticConfig.builder()
		.percentilesHistogram(true)
		.build();

	private static final DistributionStatisticConfig PERCENTILES = DistributionStatisticConfig.builder()
		.percentiles(0.5, 0.99)
		.build();

	private final StubRouter stub = new StubRouter();

	private final TelemetryRouterMetrics metrics = new TelemetryRouterMetrics(this.stub.router(), 1);

	@Test
	void withoutSettingsNobodyAsksForDispatches() {
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		bind(registry);
		assertThat(this.stub.dispatch("tool", Duration.ofMillis(2))).isZero();
		assertThat(registry.find("telemetry.router.dispatch").timers()).isEmpty();
		assertThat(registry.find("telemetry.router.dispatch").functionTimers()).hasSize(2);
	}

	@Test
	void withServiceLevelObjectivesEachDispatchIsRecordedOnce() {
		SimpleMeterRegistry registry = with(new SimpleMeterRegistry(), SLO);
		bind(registry);
		assertThat(this.stub.dispatch("tool", Duration.ofMillis(2))).isOne();
		Timer timer = registry.get("telemetry.router.dispatch").tag("event", "tool").timer();
		assertThat(timer.count()).isOne();
		assertThat(timer.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(2);
		assertThat(timer.takeSnapshot().histogramCounts()).extracting((bucket) -> bucket.count())
			.containsExactly(0.0, 1.0);
	}

	@Test
	void withPercentilesTimerPublishesThem() {
		SimpleMeterRegistry registry = with(new SimpleMeterRegistry(), PERCENTILES);
		bind(registry);
		this.stub.dispatch("tool", Duration.ofMillis(2));
		assertThat(registry.get("telemetry.router.dispatch")
			.tag("event", "tool")
			.timer()
			.takeSnapshot()
			.percentileValues()).hasSize(2);
	}

	@Test
	void namesBeyondTheLimitShareOneTimer() {
		SimpleMeterRegistry registry = with(new SimpleMeterRegistry(), SLO);
		bind(registry);
		this.stub.event(StubRouter.event("b", 0, 0)).event(StubRouter.event("c", 0, 0));
		this.stub.dispatch("b", Duration.ofMillis(2));
		this.stub.dispatch("c", Duration.ofMillis(2));
		assertThat(registry.get("telemetry.router.dispatch").tag("event", "_other").timer().count()).isEqualTo(2);
	}

	@Test
	void prometheusGetsBuckets() {
		PrometheusMeterRegistry registry = with(prometheus(), HISTOGRAM);
		bind(registry);
		this.stub.dispatch("tool", Duration.ofMillis(2));
		assertThat(registry.scrape()).contains("telemetry_router_dispatch_seconds_bucket{event=\"tool\",le=\"+Inf\"} 1",
				"telemetry_router_dispatch_seconds_count{event=\"tool\"} 1",
				"telemetry_router_dispatch_seconds_bucket{event=\"_other\",le=\"+Inf\"} 0");
	}

	@Test
	void prometheusWithoutSettingsHasNoBuckets() {
		PrometheusMeterRegistry registry = prometheus();
		bind(registry);
		assertThat(registry.scrape()).contains("telemetry_router_dispatch_seconds_count{event=\"tool\"} 0")
			.doesNotContain("_bucket")
			.doesNotContain("telemetry_router_dispatch_seconds_max");
	}

	@Test
	void whenOneOfCompositeHasHistogramThenAllGetEachDispatchOnce() {
		SimpleMeterRegistry simple = new SimpleMeterRegistry();
		PrometheusMeterRegistry prometheus = with(prometheus(), HISTOGRAM);
		prometheus.config().commonTags("application", "agent");
		bind(new CompositeMeterRegistry().add(simple).add(new CompositeMeterRegistry().add(prometheus)));
		assertThat(this.stub.dispatch("tool", Duration.ofMillis(2))).isOne();
		assertThat(simple.get("telemetry.router.dispatch").tag("event", "tool").timer().count()).isOne();
		assertThat(prometheus.scrape()).contains(
				"telemetry_router_dispatch_seconds_bucket{" + "application=\"agent\",event=\"tool\",le=\"+Inf\"} 1");
	}

	@Test
	void whenNoneOfCompositeHasHistogramThenNothingIsLeftBehind() {
		SimpleMeterRegistry simple = new SimpleMeterRegistry();
		PrometheusMeterRegistry prometheus = prometheus();
		prometheus.config().commonTags("application", "agent");
		bind(new CompositeMeterRegistry().add(simple).add(prometheus));
		assertThat(this.stub.dispatch("tool", Duration.ofMillis(2))).isZero();
		assertThat(simple.find("telemetry.router.dispatch").timers()).isEmpty();
		assertThat(simple.find("telemetry.router.dispatch").functionTimers()).hasSize(2);
		assertThat(prometheus.find("telemetry.router.dispatch").timers()).isEmpty();
		assertThat(prometheus.find("telemetry.router.dispatch").functionTimers()).hasSize(2);
	}

	@Test
	void whenCompositeItselfHasSettingsThenTheyApply() {
		SimpleMeterRegistry simple = new SimpleMeterRegistry();
		CompositeMeterRegistry composite = with(new CompositeMeterRegistry(), SLO);
		composite.config().commonTags("application", "agent");
		bind(composite.add(simple));
		assertThat(this.stub.dispatch("tool", Duration.ofMillis(2))).isOne();
		assertThat(simple.get("telemetry.router.dispatch")
			.tags("event", "tool", "application", "agent")
			.timer()
			.takeSnapshot()
			.histogramCounts()).hasSize(2);
	}

	@Test
	void whenRegistryThatWantsHistogramsJoinsLateThenItCanBeScraped() {
		CompositeMeterRegistry composite = new CompositeMeterRegistry().add(new SimpleMeterRegistry());
		new TelemetryRouterMetrics(this.stub.router(), 9).bindTo(composite);
		this.stub.event(StubRouter.event("early", 1, 0));
		PrometheusMeterRegistry prometheus = with(prometheus(), HISTOGRAM);
		composite.add(prometheus);
		this.stub.event(StubRouter.event("late", 2, 0));
		assertThat(prometheus.scrape()).contains("telemetry_router_dispatch_seconds_count{event=\"early\"} 1",
				"telemetry_router_dispatch_seconds_count{event=\"late\"} 2");
	}

	@Test
	void whenFilterRenamesThenHistogramIsFoundAllTheSame() {
		SimpleMeterRegistry simple = with(new SimpleMeterRegistry(), SLO);
		simple.config().meterFilter(new MeterFilter() {
			@Override
			public Meter.Id map(Meter.Id id) {
				return id.withName("agent." + id.getName());
			}
		});
		bind(new CompositeMeterRegistry().add(simple));
		this.stub.dispatch("tool", Duration.ofMillis(2));
		assertThat(simple.get("agent.telemetry.router.dispatch").tag("event", "tool").timer().count()).isOne();
	}

	@Test
	void whenOnlyOneRegistryHasSettingsThenTheOtherKeepsPulling() {
		SimpleMeterRegistry plain = new SimpleMeterRegistry();
		SimpleMeterRegistry histogram = with(new SimpleMeterRegistry(), SLO);
		this.metrics.bindTo(plain);
		bind(histogram);
		assertThat(this.stub.dispatch("tool", Duration.ofMillis(2))).isOne();
		assertThat(plain.find("telemetry.router.dispatch").functionTimers()).hasSize(2);
		assertThat(histogram.find("telemetry.router.dispatch").timers()).hasSize(2);
	}

	@Test
	void whenMeterIsDeniedThenNobodyAsksForDispatches() {
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		registry.config().meterFilter(MeterFilter.denyNameStartsWith("telemetry.router"));
		bind(registry);
		assertThat(this.stub.dispatch("tool", Duration.ofMillis(2))).isZero();
		assertThat(registry.getMeters()).isEmpty();
	}

	@Test
	void whenAnotherBinderWasFirstThenBindingDoesNotFail() {
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		bind(registry);
		new TelemetryRouterMetrics(this.stub.router(), 1).bindTo(registry);
		assertThat(registry.find("telemetry.router.dispatch").functionTimers()).hasSize(2);
	}

	@Test
	void whenClosedThenTimersAreRemoved() {
		SimpleMeterRegistry registry = with(new SimpleMeterRegistry(), SLO);
		bind(registry);
		this.metrics.close();
		assertThat(registry.getMeters()).isEmpty();
	}

	private void bind(MeterRegistry registry) {
		this.metrics.bindTo(registry);
		this.stub.event(StubRouter.event("tool", 0, 0));
	}

	private PrometheusMeterRegistry prometheus() {
		return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
	}

	/**
	 * Configures a registry like a meter filter of the application or
	 * {@code management.metrics}.
	 */
	private <R extends MeterRegistry> R with(R registry, DistributionStatisticConfig settings) {
		registry.config().meterFilter(filter("telemetry.router.dispatch", settings));
		return registry;
	}

	static MeterFilter histogramOf(String name) {
		return filter(name, HISTOGRAM);
	}

	private static MeterFilter filter(String name, DistributionStatisticConfig settings) {
		return new MeterFilter() {
			@Override
			public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
				return id.getName().contains(name) ? settings.merge(config) : config;
			}
		};
	}

}
