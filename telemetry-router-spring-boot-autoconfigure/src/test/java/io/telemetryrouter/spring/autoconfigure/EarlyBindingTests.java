package io.telemetryrouter.spring.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.annotation.TelemetryListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for starters that bind properties, or emit, while bean post-processors are being
 * created.
 */
@ExtendWith(OutputCaptureExtension.class)
class EarlyBindingTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class));

	@Test
	void whenPropertiesAreBoundEarlyThenNoBeanOfOursIsWarnedOf(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(EarlyBinding.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output).contains("is not eligible for getting processed by all BeanPostProcessors");
			assertThat(output.getOut().lines().filter((line) -> line.contains("is not eligible")))
				.noneMatch((line) -> line.contains("Bean 'telemetry"));
		});
	}

	@Test
	void whenPostProcessorEmitsEarlyThenRouterWorks() {
		this.contextRunner.withUserConfiguration(EarlyEmitting.class)
			.withBean("listener", Listener.class)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(TelemetryRouter.class).handlerSnapshot("listener.on").account().handled())
					.isEqualTo(1);
			});
	}

	static class Listener {

		@TelemetryListener("early")
		void on() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties(LifecycleProperties.class)
	static class EarlyBinding {

		@Bean
		static BeanPostProcessor early(LifecycleProperties properties) {
			return new BeanPostProcessor() {
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class EarlyEmitting {

		@Bean
		static BeanPostProcessor early(TelemetryEmitter emitter) {
			emitter.emit("early", null);
			return new BeanPostProcessor() {
			};
		}

	}

}
