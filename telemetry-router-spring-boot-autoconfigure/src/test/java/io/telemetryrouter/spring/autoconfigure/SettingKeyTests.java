package io.telemetryrouter.spring.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.annotation.TelemetryListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for ids and event names with characters that YAML or Spring Boot changes.
 */
@ExtendWith(OutputCaptureExtension.class)
class SettingKeyTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class));

	@ParameterizedTest
	@ValueSource(strings = { "audit#2", "a/b.on", "cost tracker", "größe.x", "com.acme.Outer$Inner.on", "a:b" })
	void whenKeyHasCharactersThatSpringBootDropsThenItMatchesAllTheSame(String id, CapturedOutput output) {
		yaml("telemetry-router:\n  handlers:\n    '" + id + "':\n      priority: 7\n  events:\n    '" + id
				+ "':\n      critical: true\n")
			.run((context) -> {
				TelemetryRouter router = context.getBean(TelemetryRouter.class);
				router.subscribe(HandlerSpec.on(id).id(id).handler((event, payload) -> {
				}).build());
				assertThat(router.handlerSnapshot(id).priority()).isEqualTo(7);
			});
		assertThat(output).contains("Property 'telemetry-router.handlers." + id + "' has an effect now");
	}

	@ParameterizedTest
	@ValueSource(strings = { "*", "observer.*", "observer.**" })
	void whenKeyIsPatternThenTheLineNamesItAsItIsWritten(String key, CapturedOutput output) {
		yaml("telemetry-router:\n  handlers:\n    '" + key + "':\n      priority: 7\n")
			.withBean("observer", Observer.class)
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("Property 'telemetry-router.handlers." + key
				+ "' has no effect so far: no handler has this id. Known ids: observer.on.");
	}

	@Test
	void whenYamlReadsPartOfKeyAsBooleanThenTheLineSaysSo(CapturedOutput output) {
		yaml("telemetry-router:\n  handlers:\n    conversation:\n      on:\n        priority: 7\n")
			.withBean("conversation", Observer.class)
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("Property 'telemetry-router.handlers.conversation.true' has no effect so far")
			.contains("Known ids: conversation.on. YAML reads the keys on and yes as true, off and no as false:"
					+ " write 'conversation.on' as one key.");
	}

	private ApplicationContextRunner yaml(String yaml) {
		return this.contextRunner.withInitializer(new YamlProperties(yaml));
	}

	static class Observer {

		@TelemetryListener("x")
		void on(Object payload) {
		}

	}

}
