package io.telemetryrouter.spring.metrics;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.Subscription;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;
import io.telemetryrouter.spring.autoconfigure.metrics.TelemetryRouterMetricsAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for histograms, percentiles and service level objectives of
 * {@code telemetry.router.handler}.
 */
class CallHistogramTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(MetricsAutoConfiguration.class, TelemetryRouterAutoConfiguration.class,
				TelemetryRouterMetricsAutoConfiguration.class))
		.withBean(PrometheusMeterRegistry.class, () -> new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));

	@Test
	void withoutSettingsTimersHaveNoBuckets() {
		this.runner.run((context) -> {
			use(context.getBean(TelemetryRouter.class));
			assertThat(context.getBean(PrometheusMeterRegistry.class).scrape())
				.contains("telemetry_router_handler_seconds_count{handler=\"sync\",outcome=\"handled\"} 2")
				.contains("telemetry_router_handler_max_seconds{handler=\"sync\",outcome=\"failed\"}")
				.doesNotContain("telemetry_router_handler_seconds_bucket", "telemetry_router_handler_seconds_max");
		});
	}

	@Test
	void withHistogramEachCallIsInABucketOfItsHandlerAndOutcome() {
		this.runner
			.withPropertyValues("management.metrics.distribution.percentiles-histogram.telemetry.router.handler=true")
			.run((context) -> {
				use(context.getBean(TelemetryRouter.class));
				assertThat(context.getBean(PrometheusMeterRegistry.class).scrape()).contains(
						bucket("sync", "handled", 2), bucket("sync", "failed", 1), bucket("async", "handled", 2),
						bucket("async", "failed", 1), bucket("_anonymous", "handled", 3),
						"telemetry_router_handler_seconds_max{handler=\"async\",outcome=\"handled\"}");
			});
	}

	@Test
	void withHistogramOfQueueWaitEachEventIsInABucketOfItsHandler() {
		this.runner
			.withPropertyValues("management.metrics.distribution.percentiles-histogram.telemetry.router.queue=true")
			.run((context) -> {
				use(context.getBean(TelemetryRouter.class));
				assertThat(context.getBean(PrometheusMeterRegistry.class).scrape())
					.contains("telemetry_router_queue_wait_seconds_bucket{handler=\"async\",le=\"+Inf\"} 3",
							"telemetry_router_queue_wait_seconds_count{handler=\"async\"} 3")
					.doesNotContain("telemetry_router_handler_seconds_bucket");
			});
	}

	@Test
	void withObjectivesAndPercentilesTimersPublishThem() {
		this.runner
			.withPropertyValues("management.metrics.distribution.slo.telemetry.router.handler=1s,2s",
					"management.metrics.distribution.percentiles.telemetry.router.handler=0.5,0.99")
			.run((context) -> {
				use(context.getBean(TelemetryRouter.class));
				Timer timer = context.getBean(PrometheusMeterRegistry.class)
					.get("telemetry.router.handler")
					.tags("handler", "sync", "outcome", "handled")
					.timer();
				assertThat(timer.count()).isEqualTo(2);
				assertThat(timer.takeSnapshot().percentileValues()).hasSize(2);
				assertThat(timer.totalTime(TimeUnit.NANOSECONDS)).isPositive();
			});
	}

	@Test
	void whenHandlerLeavesThenItsHistogramContinuesWithTheNextOfItsId() {
		try (TelemetryRouter router = TelemetryRouter.builder().build()) {
			PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
			registry.config().meterFilter(DispatchHistogramTests.histogramOf("telemetry.router"));
			new TelemetryRouterMetrics(router, 9).bindTo(registry);
			for (int i = 0; i < 2; i++) {
				Subscription subscription = subscribe(router, "sync", false);
				emit(router);
				subscription.close();
				assertThat(registry.scrape()).contains(bucket("sync", "handled", 2 + 2 * i),
						bucket("sync", "failed", 1 + i));
			}
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenHandlersWithoutIdLeaveByThemselvesThenTheirTimersAreLikeOthers(boolean first) {
		try (TelemetryRouter router = TelemetryRouter.builder().build()) {
			PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
			registry.config().meterFilter(DispatchHistogramTests.histogramOf("telemetry.router"));
			new TelemetryRouterMetrics(router, 9).bindTo(registry);
			if (!first) {
				subscribe(router, "sync", false);
			}
			router.subscribeOnce("x", (event, payload) -> {
				throw new IllegalStateException("on purpose");
			});
			router.emit("x", 1);
			router.snapshot();
			// The event was counted before the handler had a timer
			assertThat(registry.scrape()).contains(bucket("_anonymous", "failed", 0));
		}
	}

	@Test
	void whenRegistryThatWantsHistogramsJoinsLateThenItCanBeScraped() {
		try (TelemetryRouter router = TelemetryRouter.builder().build()) {
			CompositeMeterRegistry composite = new CompositeMeterRegistry().add(new SimpleMeterRegistry());
			new TelemetryRouterMetrics(router, 9).bindTo(composite);
			subscribe(router, "sync", false);
			PrometheusMeterRegistry late = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
			late.config().meterFilter(DispatchHistogramTests.histogramOf("telemetry.router"));
			composite.add(late);
			subscribe(router, "async", true);
			emit(router);
			assertThat(late.scrape()).contains(
					"telemetry_router_handler_seconds_count{handler=\"sync\",outcome=\"handled\"} 2",
					"telemetry_router_handler_seconds_count{handler=\"async\",outcome=\"failed\"} 1");
		}
	}

	private String bucket(String handler, String outcome, int count) {
		return "telemetry_router_handler_seconds_bucket{handler=\"" + handler + "\",outcome=\"" + outcome
				+ "\",le=\"+Inf\"} " + count;
	}

	private void use(TelemetryRouter router) {
		subscribe(router, "sync", false);
		subscribe(router, "async", true);
		router.subscribe("x", (event, payload) -> {
		});
		emit(router);
	}

	private Subscription subscribe(TelemetryRouter router, String id, boolean async) {
		HandlerSpec.Builder<Object> spec = HandlerSpec.on("x").id(id).handler((event, payload) -> {
			if (payload == null) {
				throw new IllegalStateException();
			}
		});
		return router.subscribe((async ? spec.async() : spec).build());
	}

	private void emit(TelemetryRouter router) {
		router.emit("x", 1);
		router.emit("x", 2);
		router.emit("x", null);
		assertThat(router.flush(Duration.ofSeconds(30)).complete()).isTrue();
	}

}
