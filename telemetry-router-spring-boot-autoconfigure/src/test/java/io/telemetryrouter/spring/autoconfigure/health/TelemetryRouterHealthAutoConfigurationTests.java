package io.telemetryrouter.spring.autoconfigure.health;

import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.health.TelemetryRouterHealthIndicator;
import io.telemetryrouter.spring.test.StubRouter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TelemetryRouterHealthAutoConfiguration}.
 */
class TelemetryRouterHealthAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterHealthAutoConfiguration.class))
		.withBean(TelemetryRouter.class, () -> new StubRouter().router());

	@Test
	void byDefaultIndicatorIsThere() {
		this.contextRunner.run((context) -> assertThat(context).hasSingleBean(TelemetryRouterHealthIndicator.class)
			.hasBean("telemetryRouterHealthIndicator"));
	}

	@Test
	void whenDisabledThenIndicatorIsNotThere() {
		this.contextRunner.withPropertyValues("management.health.telemetryrouter.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(HealthIndicator.class));
	}

	@Test
	void whenDefaultsAreDisabledThenIndicatorIsNotThere() {
		this.contextRunner.withPropertyValues("management.health.defaults.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(HealthIndicator.class));
	}

	@Test
	void whenRouterIsDisabledThenNothingShowsIt() {
		this.contextRunner.withPropertyValues("telemetry-router.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(HealthIndicator.class));
	}

	@Test
	void whenUserDefinesIndicatorThenAutoConfigurationBacksOff() {
		this.contextRunner
			.withBean("telemetryRouterHealthIndicator", HealthIndicator.class, () -> () -> Health.up().build())
			.run((context) -> assertThat(context).hasSingleBean(HealthIndicator.class)
				.doesNotHaveBean(TelemetryRouterHealthIndicator.class));
	}

	@Test
	void whenThereIsNoRouterThenIndicatorIsNotThere() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(TelemetryRouterHealthAutoConfiguration.class))
			.run((context) -> assertThat(context).doesNotHaveBean(HealthIndicator.class));
	}

	@Test
	void whenHealthIsMissingThenIndicatorIsNotThere() {
		this.contextRunner.withClassLoader(new FilteredClassLoader("org.springframework.boot.health"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(TelemetryRouterHealthAutoConfiguration.class));
	}

}
