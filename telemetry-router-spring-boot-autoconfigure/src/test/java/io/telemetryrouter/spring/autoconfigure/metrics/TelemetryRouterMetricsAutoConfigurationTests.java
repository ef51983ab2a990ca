package io.telemetryrouter.spring.autoconfigure.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.prometheus.PrometheusMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.metrics.TelemetryRouterMetrics;
import io.telemetryrouter.spring.test.StubRouter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TelemetryRouterMetricsAutoConfiguration}.
 */
class TelemetryRouterMetricsAutoConfigurationTests {

	private final StubRouter stub = new StubRouter().event(StubRouter.event("a", 1, 0))
		.event(StubRouter.event("b", 2, 0));

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(MetricsAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class,
						SimpleMetricsExportAutoConfiguration.class, TelemetryRouterMetricsAutoConfiguration.class))
		.withBean(TelemetryRouter.class, this.stub::router);

	@Test
	void byDefaultMetersAreBound() {
		this.contextRunner.run((context) -> {
			assertThat(context).hasSingleBean(TelemetryRouterMetrics.class);
			assertThat(context.getBean(MeterRegistry.class)
				.get("telemetry.router.dispatch")
				.tag("event", "b")
				.functionTimer()
				.count()).isEqualTo(2);
		});
	}

	@Test
	void maxEventTagsIsApplied() {
		this.contextRunner.withPropertyValues("telemetry-router.max-event-tags=1")
			.run((context) -> assertThat(context.getBean(MeterRegistry.class)
				.get("telemetry.router.dispatch")
				.tag("event", "_other")
				.functionTimer()
				.count()).isEqualTo(2));
	}

	@Test
	void serviceLevelObjectivesOfPropertiesAreApplied() {
		this.contextRunner.withPropertyValues("management.metrics.distribution.slo.telemetry.router.dispatch=1ms,5ms")
			.run((context) -> assertThat(context.getBean(MeterRegistry.class)
				.get("telemetry.router.dispatch")
				.tag("event", "a")
				.timer()
				.takeSnapshot()
				.histogramCounts()).hasSize(2));
	}

	@Test
	void histogramOfPropertiesIsAppliedInPrometheusBesideAnotherRegistry() {
		this.contextRunner.withConfiguration(AutoConfigurations.of(PrometheusMetricsExportAutoConfiguration.class))
			.withBean("another", SimpleMeterRegistry.class, SimpleMeterRegistry::new)
			.withPropertyValues("management.metrics.distribution.percentiles-histogram.telemetry.router.dispatch=true")
			.run((context) -> assertThat(context.getBean(PrometheusMeterRegistry.class).scrape())
				.contains("telemetry_router_dispatch_seconds_bucket"));
	}

	@Test
	void whenContextClosesThenNoMeterIsLeft() {
		SimpleMeterRegistry outliving = new SimpleMeterRegistry();
		this.contextRunner
			.withBean("outliving", MeterRegistry.class, () -> outliving, (bean) -> bean.setDestroyMethodName(""))
			.run((context) -> assertThat(outliving.find("telemetry.router.dispatch").meters()).isNotEmpty());
		assertThat(outliving.getMeters()).noneMatch((meter) -> meter.getId().getName().startsWith("telemetry.router"));
	}

	@Test
	void whenRouterIsDisabledThenNothingShowsIt() {
		this.contextRunner.withPropertyValues("telemetry-router.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(TelemetryRouterMetrics.class));
	}

	@Test
	void whenUserDefinesBinderThenAutoConfigurationBacksOff() {
		this.contextRunner
			.withBean("custom", TelemetryRouterMetrics.class, () -> new TelemetryRouterMetrics(this.stub.router(), 1))
			.run((context) -> assertThat(context).hasSingleBean(TelemetryRouterMetrics.class).hasBean("custom"));
	}

	@Test
	void whenThereIsNoRegistryThenBinderIsNotThere() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(TelemetryRouterMetricsAutoConfiguration.class))
			.withBean(TelemetryRouter.class, this.stub::router)
			.run((context) -> assertThat(context).doesNotHaveBean(TelemetryRouterMetrics.class));
	}

	@Test
	void whenThereIsNoRouterThenBinderIsNotThere() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(TelemetryRouterMetricsAutoConfiguration.class))
			.withBean(SimpleMeterRegistry.class, SimpleMeterRegistry::new)
			.run((context) -> assertThat(context).doesNotHaveBean(TelemetryRouterMetrics.class));
	}

	@Test
	void whenMicrometerIsMissingThenBinderIsNotThere() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(TelemetryRouterMetricsAutoConfiguration.class))
			.withBean(TelemetryRouter.class, this.stub::router)
			.withClassLoader(new FilteredClassLoader("io.micrometer.core"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(TelemetryRouterMetricsAutoConfiguration.class));
	}

}
