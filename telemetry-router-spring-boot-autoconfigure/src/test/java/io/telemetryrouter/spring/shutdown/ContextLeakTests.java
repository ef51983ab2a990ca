package io.telemetryrouter.spring.shutdown;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.DoubleAdder;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;

import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.annotation.TelemetryListener;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;
import io.telemetryrouter.spring.autoconfigure.metrics.TelemetryRouterMetricsAutoConfiguration;
import io.telemetryrouter.spring.metrics.TelemetryRouterMetrics;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that contexts that are refreshed, restarted or run at the same time leave no
 * threads and meters behind.
 */
class ContextLeakTests {

	private static final SimpleMeterRegistry shared = new SimpleMeterRegistry();

	@Test
	void whenContextIsRefreshedThenEachRouterIsClosedAndItsEventsAreCounted() {
		List<TelemetryRouter> routers = new ArrayList<>();
		try (AnnotationConfigWebApplicationContext context = new AnnotationConfigWebApplicationContext()) {
			context.register(Application.class, SharedMeters.class);
			for (int i = 0; i < 3; i++) {
				context.refresh();
				routers.add(emit(context));
			}
		}
		assertThat(routers).doesNotHaveDuplicates().allSatisfy((router) -> {
			assertThat(router.hasHandlers("x")).isFalse();
			HandlerAccount account = router.snapshot().retired();
			assertThat(account.offered()).isOne();
			assertThat(account.handled() + account.droppedTotal()).isOne();
		});
		assertNothingLeft();
	}

	@Test
	void whenContextsFollowOneAnotherThenEachTakesItsMetersAlong() {
		for (int i = 0; i < 3; i++) {
			try (var context = new AnnotationConfigApplicationContext(Application.class, SharedMeters.class)) {
				emit(context);
				assertThat(shared.get("telemetry.router.handler").tag("handler", "application.on").meters())
					.isNotEmpty();
			}
			assertNothingLeft();
		}
	}

	@Test
	void whenContextsRunBesideOneAnotherThenTheLastTakesAllMetersAlong() {
		try (var first = new AnnotationConfigApplicationContext(Application.class, SharedMeters.class)) {
			try (var second = new AnnotationConfigApplicationContext(Application.class, SharedMeters.class)) {
				assertThat(emit(first)).isNotSameAs(emit(second));
			}
		}
		assertNothingLeft();
	}

	@Test
	void whenRegistriesAreInGlobalRegistryThenItKeepsNoMeters() {
		for (int i = 0; i < 3; i++) {
			try (var context = new AnnotationConfigApplicationContext(Application.class, OwnMeters.class)) {
				emit(context);
			}
			assertNothingLeft();
		}
	}

	@Test
	void whenChildrenUseRouterOfParentThenEachTakesItsHandlersAndGaugesAlong() {
		try (var parent = new AnnotationConfigApplicationContext(Application.class, SharedMeters.class)) {
			TelemetryRouter router = parent.getBean(TelemetryRouter.class);
			for (int i = 1; i <= 3; i++) {
				long calls = i;
				try (var child = new AnnotationConfigApplicationContext()) {
					child.setParent(parent);
					child.registerBean("child", Application.class);
					child.refresh();
					assertThat(emit(child)).isSameAs(router);
					assertThat(router.snapshot().handlers()).containsOnlyKeys("application.on", "child.on");
					assertThat(gaugesOfChild()).isNotEmpty();
				}
				assertThat(router.snapshot().handlers()).containsOnlyKeys("application.on");
				Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
					assertThat(gaugesOfChild()).isEmpty();
					// Counts continue with the next handler of the id
					assertThat(countOfChild()).isEqualTo(calls);
				});
			}
		}
		assertNothingLeft();
	}

	private static Collection<Meter> gaugesOfChild() {
		return shared.find("telemetry.router.handler.status").tag("handler", "child.on").meters();
	}

	/** Returns the number of events that were handled, or dropped at the removal. */
	private static long countOfChild() {
		DoubleAdder count = new DoubleAdder();
		shared.find("telemetry.router.handler")
			.tag("handler", "child.on")
			.functionTimers()
			.forEach((timer) -> count.add(timer.count()));
		shared.find("telemetry.router.handler.dropped")
			.tag("handler", "child.on")
			.functionCounters()
			.forEach((counter) -> count.add(counter.count()));
		return count.longValue();
	}

	private static TelemetryRouter emit(ConfigurableApplicationContext context) {
		TelemetryRouter router = context.getBean(TelemetryRouter.class);
		router.emit("x", "payload");
		return router;
	}

	private static void assertNothingLeft() {
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
				.noneMatch((name) -> name.startsWith("telemetry-router")));
		assertThat(Metrics.globalRegistry.getMeters()).extracting((meter) -> meter.getId().getName())
			.noneMatch((name) -> name.startsWith("telemetry.router"));
		assertThat(shared.getMeters()).isEmpty();
	}

	@Configuration(value = "application", proxyBeanMethods = false)
	@ImportAutoConfiguration(TelemetryRouterAutoConfiguration.class)
	static class Application {

		@TelemetryListener(events = "x", async = true)
		void on(String payload) {
		}

	}

	/**
	 * Used without Spring Boot's configuration, which closes all registries with their
	 * context.
	 */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(TelemetryRouterMetricsAutoConfiguration.class)
	static class SharedMeters {

		@Bean(destroyMethod = "")
		MeterRegistry meterRegistry() {
			return shared;
		}

		@Bean
		SmartInitializingSingleton binding(TelemetryRouterMetrics metrics) {
			return () -> metrics.bindTo(shared);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ MetricsAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class,
			CompositeMeterRegistryAutoConfiguration.class, TelemetryRouterMetricsAutoConfiguration.class })
	static class OwnMeters {

	}

}
