package io.telemetryrouter.spring.autoconfigure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import io.telemetryrouter.spring.FailureReport;
import io.telemetryrouter.spring.annotation.TelemetryListener;
import io.telemetryrouter.spring.autoconfigure.cost.TelemetryRouterCostAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

/**
 * Misspelt names and impossible values must be explained, or have no effect: none may
 * stop the start with an exception that no failure analyser explains.
 */
class ConfigurationFuzzTests {

	private static final int CASES = Integer.getInteger("configuration.cases", 300);

	private static final List<String> NAMES = List.of("enabled", "max-handler-queue", "block-timeout", "max-depth",
			"events.model.response.priority", "events[model.response].critical", "handlers.listener.on.max-queue",
			"handlers[listener.on].overflow", "handlers.listener.on", "handlers", "events", "quarantine.failure-rate",
			"quarantine.max-delay", "runs.mdc", "spans.dangling-after", "cost.prices[0].model",
			"cost.prices[0].input-per-million", "cost.budgets[0].limit", "cost.prices", "journal.enabled", "",
			"default-priority", "slow-threshold", "measure-latency", "agent.content");

	private static final List<String> VALUES = List.of("", " ", "0", "-1", "5", "99999999999999999999", "5s", "PT",
			"PT5S", "-5s", "true", "maybe", "DROP_OLDEST", "drop-oldest", "NaN", "1e400", "\u0000", "gpt-4o", "a,b");

	private static final String CHARACTERS = "._-[]* 0aZß$#{}:,/\\";

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class,
				TelemetryRouterCostAutoConfiguration.class))
		.withBean("listener", Listener.class);

	@Test
	void whenNamesAndValuesAreAnyThenStartSucceedsOrItsFailureIsExplained() {
		long first = Long.getLong("configuration.seed", 1);
		for (long seed = first; seed < first + CASES; seed++) {
			Random random = new Random(seed);
			Map<String, Object> properties = new LinkedHashMap<>();
			Map<String, Object> variables = new LinkedHashMap<>();
			for (int i = 0; i <= random.nextInt(3); i++) {
				boolean variable = random.nextBoolean();
				(variable ? variables : properties).put(name(random, variable), any(random, VALUES));
			}
			String description = "seed " + seed + ", properties " + properties + ", variables " + variables;
			with(properties, variables).run((context) -> {
				Throwable failure = context.getStartupFailure();
				if (failure != null) {
					assertThatCode(() -> assertThat(FailureReport.of(failure)).contains("Action: "))
						.describedAs(description)
						.doesNotThrowAnyException();
				}
			});
		}
	}

	private static String name(Random random, boolean variable) {
		String name = any(random, List.of("telemetry-router.", "telemetryRouter.", "telemetry.router."))
				+ any(random, NAMES);
		if (variable) {
			name = name.replace('.', '_')
				.replaceAll("[\\[\\]]", "_")
				.replace("-", random.nextBoolean() ? "" : "_")
				.toUpperCase(Locale.ROOT);
		}
		for (int i = 0; i < random.nextInt(4); i++) {
			StringBuilder changed = new StringBuilder(name);
			int at = random.nextInt(name.length() + 1);
			switch (random.nextInt(3)) {
				case 0 -> changed.setLength(at);
				case 1 -> changed.insert(at, CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
				default -> changed.delete(at, Math.min(name.length(), at + 1 + random.nextInt(3)));
			}
			name = changed.isEmpty() ? name : changed.toString();
		}
		return name;
	}

	private static String any(Random random, List<String> of) {
		return of.get(random.nextInt(of.size()));
	}

	private ApplicationContextRunner with(Map<String, Object> properties, Map<String, Object> variables) {
		String environment = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
		return this.contextRunner.withInitializer((context) -> {
			context.getEnvironment()
				.getPropertySources()
				.replace(environment, new SystemEnvironmentPropertySource(environment, variables));
			context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("fuzz", properties));
		});
	}

	static class Listener {

		@TelemetryListener(events = "model.response", async = true)
		void on() {
		}

	}

}
