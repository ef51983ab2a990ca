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
	void whenNothingIsSetThenPropertiesAreBoundWhenTheyAreAskedFor() {
		this.contextRunner.run((context) -> {
			String name = context.getBeanNamesForType(TelemetryRouterJournalProperties.class, true, false)[0];
			assertThat(context.getBeanFactory().containsSingleton(name)).isFalse();
			assertThat(context.getBean(TelemetryRouterJournalProperties.class).enabled()).isFalse();
		});
	}

}
