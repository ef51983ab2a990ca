package io.telemetryrouter.spring.autoconfigure;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import io.telemetryrouter.spring.FailureReport;
import io.telemetryrouter.spring.autoconfigure.agent.TelemetryRouterAgentAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for a value where properties belong.
 */
@ExtendWith(OutputCaptureExtension.class)
class MisplacedValueTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class));

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			quarantine      | false | one of: delay, enabled, failure-rate, failures, max-delay, minimum-calls, window.
			runs            | true  | one of: mdc.
			spans           | 10m   | one of: dangling-after.
			agent.spring-ai | false | one of: enabled.
			""")
	void whenGroupHasValueThenStartFailsAndNamesItsSettings(String name, String value, String settings,
			CapturedOutput output) {
		SpringApplicationBuilder application = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE);
		assertThatException().isThrownBy(() -> application.run("--telemetry-router." + name + "=" + value).close());
		assertThat(output).contains("Property: telemetry-router." + name, "Value: \"" + value + "\"",
				"Origin: \"telemetry-router." + name + "\" from property source \"commandLineArgs\"",
				"Reason: It is a group of properties, not a value.", "Append " + settings);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			events    | 5       | Append an event's name and one of: critical, priority.
			handlers  | true    | Append a handler's id and one of: concurrency, durable, enabled, handler-timeout
			journal   | true    | Its properties begin with 'telemetry-router.journal.'
			contracts | enforce | Its properties begin with 'telemetry-router.contracts.'
			""")
	void whenMapOrPartnerHasValueThenStartFails(String name, String value, String fix) {
		this.contextRunner.withPropertyValues("telemetry-router." + name + "=" + value)
			.run((context) -> assertThat(FailureReport.of(context.getStartupFailure())).contains(
					"Property: telemetry-router." + name, "Value: \"" + value + "\"", "property source \"test\"",
					"Reason: It is a group of properties, not a value.", fix));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			TELEMETRY_ROUTER_EVENTS           | 5       | Append an event's name and one of: critical, priority.
			TELEMETRY_ROUTER_HANDLERS         | true    | Append a handler's id and one of: concurrency, durable,
			TELEMETRY_ROUTER_CONTRACTS        | enforce | Its properties begin with 'telemetry-router.contracts.'
			TELEMETRYROUTER_CONTRACTS         | enforce | Its properties begin with 'telemetry-router.contracts.'
			TELEMETRY_ROUTER_JOURNAL          | true    | Its properties begin with 'telemetry-router.journal.'
			TELEMETRY_ROUTER_COST             | true    | Its properties begin with 'telemetry-router.cost.'
			TELEMETRY_ROUTER_AGENT            | true    | Its properties begin with 'telemetry-router.agent.'
			TELEMETRY_ROUTER_QUARANTINE       | false   |  telemetry-router.quarantine.
			TELEMETRYROUTER_QUARANTINE        | false   |  telemetry-router.quarantine.
			telemetry-router.quarantine       | false   |  telemetry-router.quarantine.
			""")
	void whenEnvironmentVariableSetsGroupThenStartFails(String variable, String value, String fix) {
		this.contextRunner.withPropertyValues("telemetry-router.quarantine.failures=5")
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
						new SystemEnvironmentPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
								Map.of(variable, value))))
			.run((context) -> assertThat(FailureReport.of(context.getStartupFailure())).contains(
					"Value: \"" + value + "\"",
					"Origin: \"" + variable + "\" from property source \"systemEnvironment\"",
					"Reason: It is a group of properties, not a value.", fix));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ".events", ".handlers" })
	void whenValueIsEmptyThenApplicationStarts(String name, CapturedOutput output) {
		this.contextRunner.withPropertyValues("telemetry-router" + name + "=")
			.run((context) -> assertThat(context).hasNotFailed());
		// Other contexts may still log
		assertThat(output.getOut()
			.lines()
			.filter((line) -> line.contains("WARN") && line.contains("telemetry-router" + name))).isEmpty();
	}

	@Test
	void whenPrefixHasValueThenOneLineSaysThatItHasNoEffect(CapturedOutput output) {
		this.contextRunner.withPropertyValues("telemetry-router=false")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).containsOnlyOnce("Properties 'telemetry-router' have no effect on the telemetry router: its"
				+ " properties begin with 'telemetry-router.', as 'telemetry-router.enabled' does.");
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ TelemetryRouterAutoConfiguration.class, TelemetryRouterAgentAutoConfiguration.class })
	static class Application {

	}

}
