package io.telemetryrouter.spring.autoconfigure;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import io.telemetryrouter.spring.FailureReport;
import io.telemetryrouter.spring.autoconfigure.agent.TelemetryRouterAgentAutoConfiguration;
import io.telemetryrouter.spring.autoconfigure.contracts.TelemetryRouterContractsAutoConfiguration;
import io.telemetryrouter.spring.autoconfigure.cost.TelemetryRouterCostAutoConfiguration;
import io.telemetryrouter.spring.autoconfigure.journal.TelemetryRouterJournalProperties;
import io.telemetryrouter.spring.autoconfigure.journal.TelemetryRouterReplayAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for unknown properties of partners, which are bound lazily.
 */
@ExtendWith(OutputCaptureExtension.class)
class UnboundPropertyTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class,
				TelemetryRouterAgentAutoConfiguration.class, TelemetryRouterContractsAutoConfiguration.class,
				TelemetryRouterCostAutoConfiguration.class, TelemetryRouterReplayAutoConfiguration.class));

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					journal.directry      | Did you mean 'telemetry-router.journal.directory'?
					agent.capture-contnt  | Did you mean 'telemetry-router.agent.capture-content'?
					contracts.convert-map | Did you mean 'telemetry-router.contracts.convert-maps'?
					cost.curency          | Did you mean 'telemetry-router.cost.currency'?
					cost.somethingElse    | Remove it, or use one of: budgets, currency, enabled, prices, zone.
					agent.langchain4j.enable | Did you mean 'telemetry-router.agent.langchain4j.enabled'?
					agent.lanchain4j.enabled | Did you mean 'telemetry-router.agent.langchain4j'?
					cost.prices[0].modl   | Did you mean 'telemetry-router.cost.prices[0].model'? Remove it, or use one of: cached-input
					cost.prices.gpt.input | Write each entry of the list 'telemetry-router.cost.prices' behind a '-', with: cached-input
					journal.mode.fast     | Remove it: 'telemetry-router.journal.mode' is a single value.
					""")
	void whenPropertyIsUnknownThenStartFailsAndSaysWhatToWrite(String name, String fix) {
		this.contextRunner.withPropertyValues("telemetry-router." + name + "=x")
			.run((context) -> assertThat(FailureReport.of(context.getStartupFailure()))
				.contains("Property: telemetry-router." + name)
				.contains("Value: \"x\"", "from property source \"test\"", "There is no such property.", fix));
	}

	@ParameterizedTest
	@CsvSource({ "journal.directry, journal.directory", "agent.capture-contnt, agent.capture-content" })
	void whenSystemPropertyIsUnknownThenStartFailsAndSaysWhatToWrite(String name, String fix) {
		this.contextRunner.withSystemProperties("telemetry-router." + name + "=x")
			.run((context) -> assertThat(FailureReport.of(context.getStartupFailure()))
				.contains("Property: telemetry-router." + name)
				.contains("from property source \"systemProperties\"", "There is no such property.",
						"Did you mean 'telemetry-router." + fix + "'?"));
	}

	@ParameterizedTest
	@CsvSource({ "TELEMETRY_ROUTER_JOURNAL_DIRECTRY, TELEMETRYROUTER_JOURNAL_DIRECTORY",
			"TELEMETRYROUTER_JOURNAL_DIRECTRY, TELEMETRYROUTER_JOURNAL_DIRECTORY",
			"TELEMETRY_ROUTER_JOURNAL_MAXPAYLOAD, TELEMETRYROUTER_JOURNAL_MAXPAYLOAD",
			"TELEMETRY_ROUTER_CONTRACTS_CONVERTMAPS, TELEMETRYROUTER_CONTRACTS_CONVERTMAPS",
			"TELEMETRY_ROUTER_AGENT_LANGCHAIN4J_ENABLE, TELEMETRYROUTER_AGENT_LANGCHAIN4J_ENABLED" })
	void whenEnvironmentVariableIsUnknownThenOneLineSaysWhatToWrite(String name, String fix, CapturedOutput output) {
		withVariable(name, "x").run((context) -> assertThat(context).hasNotFailed());
		assertThat(output)
			.containsOnlyOnce("Environment variable '" + name + "' has no effect. Did you mean '" + fix + "'?");
	}

	@ParameterizedTest
	@CsvSource({ "TELEMETRY_ROUTER_JOURNAL_PORT, tcp://10.0.0.1:80", "TELEMETRY_ROUTER_COST_PORT, tcp://10.0.0.1:80",
			"TELEMETRY_ROUTER_AGENT_SERVICE_HOST, 10.0.0.1", "TELEMETRY_ROUTER_JOURNAL_PORT_80_TCP_PROTO, tcp",
			"TELEMETRY_ROUTER_COST_PRICES_0_MODEL, gpt", "TELEMETRY_ROUTER_JOURNAL_MAX_PAYLOAD, 1KB",
			"TELEMETRYROUTER_AGENT_SPRINGAI_ENABLED, false" })
	void whenEnvironmentVariableIsKnownOrOfAnotherThenNoLineNamesIt(String name, String value, CapturedOutput output) {
		withVariable(name, value).run((context) -> assertThat(output).doesNotContain("no effect"));
	}

	@Test
	void whenPropertyHasNoValueThenStartFailsAndDoesNotCallItUnknown() {
		this.contextRunner.withPropertyValues("telemetry-router.journal.directory=")
			.run((context) -> assertThat(FailureReport.of(context.getStartupFailure()))
				.contains("Property: telemetry-router.journal.directory", "Reason: It has no value.",
						"Set it, or remove it.")
				.doesNotContain("no such property"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			journal.segment-size   | 64mb  | to a size such as '512KB' or '64MB'.
			journal.fsync          | yes   | to one of: always, interval, never.
			contracts.mode         | strict | to one of: off, warn, enforce.
			cost.currency          | usd   | to an ISO 4217 code such as 'USD'.
			cost.zone              | Berlin | to a time zone such as 'Europe/Berlin'.
			cost.budgets[0].limit  | 5 USD | Set it to a number such as '0.8'.
			""")
	void whenValueCannotBeConvertedThenStartFailsNamingTheFix(String name, String value, String fix) {
		this.contextRunner.withPropertyValues("telemetry-router." + name + "=" + value)
			.run((context) -> assertThat(FailureReport.of(context.getStartupFailure())).contains(
					"Property: telemetry-router." + name, "Value: \"" + value + "\"", "property source \"test\"", fix));
	}

	@Test
	void whenNothingIsSetThenPropertiesAreBoundWhenTheyAreAskedFor() {
		this.contextRunner.run((context) -> {
			String name = context.getBeanNamesForType(TelemetryRouterJournalProperties.class, true, false)[0];
			assertThat(context.getBeanFactory().containsSingleton(name)).isFalse();
			assertThat(context.getBean(TelemetryRouterJournalProperties.class).enabled()).isFalse();
		});
	}

	private ApplicationContextRunner withVariable(String name, String value) {
		String source = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
		return this.contextRunner.withInitializer((context) -> context.getEnvironment()
			.getPropertySources()
			.replace(source, new SystemEnvironmentPropertySource(source, Map.of(name, value))));
	}

}
