package io.telemetryrouter.spring.autoconfigure.context;

import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.telemetryrouter.ContextCarrier;
import io.telemetryrouter.spring.context.MicrometerContextCarrier;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TelemetryRouterContextPropagationAutoConfiguration}.
 */
class TelemetryRouterContextPropagationAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterContextPropagationAutoConfiguration.class));

	@Test
	void byDefaultMicrometerCarriesTheContext() {
		this.contextRunner.run((context) -> assertThat(context).getBean(ContextCarrier.class)
			.isInstanceOf(MicrometerContextCarrier.class));
	}

	@Test
	void whenUserDefinesCarrierThenAutoConfigurationBacksOff() {
		this.contextRunner.withBean("custom", ContextCarrier.class, () -> Mockito.mock(ContextCarrier.class))
			.run((context) -> assertThat(context).hasSingleBean(ContextCarrier.class).hasBean("custom"));
	}

	@Test
	void whenRouterIsDisabledThenThereIsNoCarrier() {
		this.contextRunner.withPropertyValues("telemetry-router.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(ContextCarrier.class));
	}

	@Test
	void whenContextPropagationIsMissingThenThereIsNoCarrier() {
		this.contextRunner.withClassLoader(new FilteredClassLoader("io.micrometer.context"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ContextCarrier.class));
	}

}
