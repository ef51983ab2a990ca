package io.telemetryrouter.spring.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

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

}
