package io.telemetryrouter.spring.security;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.expression.spel.standard.SpelExpressionParser;

import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.annotation.TelemetryListener;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for claims of {@code docs/security.md} that concern several classes.
 */
class SecurityTests {

	private static final String MARKER = "telemetry-router.hacked";

	private static final String EXPRESSION = "T(java.lang.System).getProperties()['" + MARKER + "'] = 'yes'";

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class))
		.withBean("listener", Listener.class);

	@Test
	void whenExpressionIsEvaluatedThenItShows() {
		new SpelExpressionParser().parseExpression(EXPRESSION).getValue();
		assertThat(System.clearProperty(MARKER)).isEqualTo("yes");
	}

	@Test
	void whenEventHoldsExpressionsThenTheyAreNotEvaluated() {
		this.contextRunner.run((context) -> {
			TelemetryRouter router = context.getBean(TelemetryRouter.class);
			for (String text : List.of(EXPRESSION, "#{" + EXPRESSION + "}", "${" + MARKER + ":" + EXPRESSION + "}")) {
				router.emitAsync(text, text).get(1, TimeUnit.MINUTES);
			}
			assertThat(context.getBean(Listener.class).payloads).hasSize(3)
				.allMatch((payload) -> payload.contains(EXPRESSION));
			assertThat(System.getProperty(MARKER)).isNull();
		});
	}

	@Test
	void whenHandlerIdIsUnprintableThenNameOfItsThreadIsNot() {
		this.contextRunner.run((context) -> {
			TelemetryRouter router = context.getBean(TelemetryRouter.class);
			router.emitAsync("x", "payload").get(1, TimeUnit.MINUTES);
			assertThat(context.getBean(Listener.class).threads).singleElement()
				.asString()
				.startsWith("telemetry-router-forged")
				.endsWith("line")
				.doesNotContain("\n", "\u001B");
		});
	}

	static class Listener {

		private final List<String> payloads = new CopyOnWriteArrayList<>();

		private final List<String> threads = new CopyOnWriteArrayList<>();

		@TelemetryListener(events = "**", id = "forged\n\u001B[31mline", async = true,
				condition = "name != payload + 'x'")
		void on(String payload) {
			this.payloads.add(payload);
			this.threads.add(Thread.currentThread().getName());
		}

	}

}
