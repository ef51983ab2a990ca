package io.telemetryrouter.spring.autoconfigure.reactor;

import org.junit.jupiter.api.Test;
import org.mockito.Mockito;
import reactor.core.publisher.Flux;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;
import io.telemetryrouter.spring.reactor.ReactiveTelemetryEmitter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TelemetryRouterReactorAutoConfiguration}.
 */
class TelemetryRouterReactorAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class,
				TelemetryRouterReactorAutoConfiguration.class));

	@Test
	void byDefaultThereIsAFacade() {
		this.contextRunner.run((context) -> assertThat(context).hasSingleBean(ReactiveTelemetryEmitter.class));
	}

	@Test
	void whenUserDefinesFacadeThenAutoConfigurationBacksOff() {
		this.contextRunner
			.withBean("custom", ReactiveTelemetryEmitter.class,
					() -> new ReactiveTelemetryEmitter(Mockito.mock(TelemetryEmitter.class)))
			.run((context) -> assertThat(context).hasSingleBean(ReactiveTelemetryEmitter.class).hasBean("custom"));
	}

	@Test
	void whenReactorIsMissingThenThereIsNoFacade() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(Flux.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ReactiveTelemetryEmitter.class));
	}

}
