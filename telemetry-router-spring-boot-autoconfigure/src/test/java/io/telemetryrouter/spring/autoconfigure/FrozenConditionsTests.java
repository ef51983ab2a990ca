package io.telemetryrouter.spring.autoconfigure;

import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.aot.AotDetector;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.SpringProperties;
import org.springframework.core.env.MapPropertySource;

import io.telemetryrouter.spring.FailureReport;
import io.telemetryrouter.spring.autoconfigure.journal.TelemetryRouterJournalAutoConfiguration;
import io.telemetryrouter.spring.autoconfigure.journal.TelemetryRouterReplayAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FrozenConditions}. The beans here are those of an application that was
 * processed ahead of time with other properties.
 */
@ExtendWith(OutputCaptureExtension.class)
class FrozenConditionsTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class,
				TelemetryRouterReplayAutoConfiguration.class));

	@BeforeEach
	void processAheadOfTime() {
		SpringProperties.setFlag(AotDetector.AOT_ENABLED);
	}

	@AfterEach
	void stop() {
		SpringProperties.setProperty(AotDetector.AOT_ENABLED, null);
	}

	@ParameterizedTest
	@CsvSource({ "journal.enabled,true", "contracts.convert-maps,true", "cost.prices[0].model,gpt",
			"cost.budgets[0].name,daily" })
	void whenPropertyWasNotSetAtTheBuildThenItIsNamedOnce(String property, String value, CapturedOutput output) {
		this.contextRunner.withPropertyValues("telemetry-router." + property + "=" + value)
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).containsOnlyOnce("Property 'telemetry-router." + property.replaceAll("\\[.*", "")
				+ "' has no effect: this application was processed ahead of time (AOT) without it. Set it for the build, too.");
	}

	@Test
	void whenPropertyWasSetAtTheBuildOnlyThenItIsNamed(@TempDir Path directory, CapturedOutput output) {
		this.contextRunner.withConfiguration(AutoConfigurations.of(TelemetryRouterJournalAutoConfiguration.class))
			.withPropertyValues("telemetry-router.journal.enabled=true",
					"telemetry-router.journal.directory=" + directory)
			.withInitializer((context) -> context.addBeanFactoryPostProcessor((beanFactory) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("run", Map.of("telemetry-router.journal.enabled", "false")))))
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).containsOnlyOnce("Property 'telemetry-router.journal.enabled' is 'false', which has no"
				+ " effect: this application was processed ahead of time (AOT) with 'true'.");
	}

	@Test
	void whenNothingDiffersThenNothingIsSaid(CapturedOutput output) {
		this.contextRunner.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("ahead of time");
	}

	@Test
	void whenNotAheadOfTimeThenNothingIsSaid(CapturedOutput output) {
		stop();
		this.contextRunner.withPropertyValues("telemetry-router.journal.enabled=true")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("ahead of time");
	}

	@Test
	void whenPropertiesOfAPartnerWereNotSetAtTheBuildThenAMistakeStillFailsTheStart() {
		String name = "telemetry-router.journal-io.telemetryrouter.spring.autoconfigure.journal.TelemetryRouterJournalProperties";
		this.contextRunner.withPropertyValues("telemetry-router.journal.enbled=true")
			.withInitializer((context) -> context
				.addBeanFactoryPostProcessor((beanFactory) -> beanFactory.getBeanDefinition(name).setLazyInit(true)))
			.run((context) -> assertThat(FailureReport.of(context.getStartupFailure()))
				.contains("Did you mean 'telemetry-router.journal.enabled'?"));
	}

}
