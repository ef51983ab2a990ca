package io.telemetryrouter.spring.autoconfigure.endpoint;

import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.actuate.endpoint.TelemetryRouterEndpoint;
import io.telemetryrouter.spring.test.StubRouter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TelemetryRouterEndpointAutoConfiguration}.
 */
class TelemetryRouterEndpointAutoConfigurationTests {

	private static final String EXPOSED = "management.endpoints.web.exposure.include=telemetryrouter";

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterEndpointAutoConfiguration.class))
		.withBean(TelemetryRouter.class, () -> new StubRouter().router());

	@Test
	void whenExposedThenEndpointIsThere() {
		this.contextRunner.withPropertyValues(EXPOSED)
			.run((context) -> assertThat(context).hasSingleBean(TelemetryRouterEndpoint.class));
	}

	@Test
	void whenNotExposedThenEndpointIsNotThere() {
		this.contextRunner.run((context) -> assertThat(context).doesNotHaveBean(TelemetryRouterEndpoint.class));
	}

	@Test
	void whenAccessIsNoneThenEndpointIsNotThere() {
		this.contextRunner.withPropertyValues(EXPOSED, "management.endpoint.telemetryrouter.access=NONE")
			.run((context) -> assertThat(context).doesNotHaveBean(TelemetryRouterEndpoint.class));
	}

	@Test
	void accessIsReadOnlyByDefault() {
		assertThat(TelemetryRouterEndpoint.class.getAnnotation(Endpoint.class).defaultAccess())
			.isEqualTo(Access.READ_ONLY);
	}

	@Test
	void whenRouterIsDisabledThenNothingShowsIt() {
		this.contextRunner.withPropertyValues(EXPOSED, "telemetry-router.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(TelemetryRouterEndpoint.class));
	}

	@Test
	void whenUserDefinesEndpointThenAutoConfigurationBacksOff() {
		this.contextRunner.withPropertyValues(EXPOSED)
			.withBean("custom", TelemetryRouterEndpoint.class,
					() -> new TelemetryRouterEndpoint(new StubRouter().router()))
			.run((context) -> assertThat(context).hasSingleBean(TelemetryRouterEndpoint.class).hasBean("custom"));
	}

	@Test
	void whenThereIsNoRouterThenEndpointIsNotThere() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(TelemetryRouterEndpointAutoConfiguration.class))
			.withPropertyValues(EXPOSED)
			.run((context) -> assertThat(context).doesNotHaveBean(TelemetryRouterEndpoint.class));
	}

	@Test
	void whenActuatorIsMissingThenEndpointIsNotThere() {
		this.contextRunner.withPropertyValues(EXPOSED)
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(TelemetryRouterEndpointAutoConfiguration.class));
	}

}
