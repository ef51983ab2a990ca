package io.telemetryrouter.spring.autoconfigure;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.QuarantineSettings;
import io.telemetryrouter.spring.FailureReport;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterProperties.Handler;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterProperties.Quarantine;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TelemetryRouterProperties} and {@link ConfigurationReader}.
 */
@ExtendWith(OutputCaptureExtension.class)
class TelemetryRouterPropertiesTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class));

	@Test
	void whenNothingIsSetThenDefaultsHold() {
		this.contextRunner.run((context) -> {
			TelemetryRouterProperties properties = context.getBean(TelemetryRouterProperties.class);
			assertThat(properties.isEnabled()).isTrue();
			assertThat(properties.getMaxHandlerQueue()).isEqualTo(1000);
			assertThat(properties.getDefaultPriority()).isZero();
			assertThat(properties.getOverflow()).isEqualTo(OverflowPolicy.DROP_NEWEST);
			assertThat(properties.getBlockTimeout()).isEqualTo(Duration.ofMillis(100));
			assertThat(properties.getSlowThreshold()).isEqualTo(Duration.ofMillis(5));
			assertThat(properties.getMaxDepth()).isEqualTo(32);
			assertThat(properties.getMaxNestedEmits()).isEqualTo(1000);
			assertThat(properties.getMaxEventNames()).isEqualTo(10_000);
			assertThat(properties.getMaxEventTags()).isEqualTo(100);
			assertThat(properties.getMaxHeldEvents()).isEqualTo(1000);
			assertThat(properties.getStuckThreshold()).isEqualTo(Duration.ofSeconds(10));
			assertThat(properties.getHandlerTimeout()).isZero();
			Quarantine quarantine = properties.getQuarantine();
			QuarantineSettings defaults = QuarantineSettings.defaults();
			assertThat(quarantine.isEnabled()).isTrue();
			assertThat(quarantine.getFailures()).isEqualTo(defaults.failures());
			assertThat(quarantine.getFailureRate()).isEqualTo(defaults.failureRate());
			assertThat(quarantine.getWindow()).isEqualTo(defaults.window());
			assertThat(quarantine.getMinimumCalls()).isEqualTo(defaults.minimumCalls());
			assertThat(quarantine.getDelay()).isEqualTo(defaults.delay());
			assertThat(quarantine.getMaxDelay()).isEqualTo(defaults.maxDelay());
			assertThat(properties.getShutdownTimeout()).isEqualTo(Duration.ofSeconds(10));
			assertThat(properties.isMeasureLatency()).isTrue();
			assertThat(properties.getEvents()).isEmpty();
			assertThat(properties.getHandlers()).isEmpty();
		});
	}

	@Test
	void whenYamlIsWrittenNaturallyThenIdsAndNamesKeepDotsAndCase() {
		withYaml("""
				telemetry-router:
				  handlers:
				    costTracker.onModel:
				      priority: 5
				      max-queue: 10
				      overflow: drop-oldest
				      concurrency: 2
				    audit:
				      enabled: false
				    org.example.My_Listener.on:
				      maxQueue: 3
				  events:
				    model.response:
				      priority: -1
				""").run((context) -> {
			TelemetryRouterProperties properties = context.getBean(TelemetryRouterProperties.class);
			assertThat(properties.getHandlers()).containsOnlyKeys("costTracker.onModel", "audit",
					"org.example.My_Listener.on");
			Handler handler = properties.getHandlers().get("costTracker.onModel");
			assertThat(handler.isEnabled()).isTrue();
			assertThat(handler.getPriority()).isEqualTo(5);
			assertThat(handler.getMaxQueue()).isEqualTo(10);
			assertThat(handler.getOverflow()).isEqualTo(OverflowPolicy.DROP_OLDEST);
			assertThat(handler.getConcurrency()).isEqualTo(2);
			assertThat(properties.getHandlers().get("audit").isEnabled()).isFalse();
			assertThat(properties.getHandlers().get("org.example.My_Listener.on").getMaxQueue()).isEqualTo(3);
			assertThat(properties.getEvents()).containsOnlyKeys("model.response");
			assertThat(properties.getEvents().get("model.response").getPriority()).isEqualTo(-1);
		});
	}

	@Test
	void whenYamlHasBracketsThenIdsKeepEveryCharacter() {
		withYaml("""
				telemetry-router:
				  handlers:
				    "[costTracker.onModel#2]":
				      priority: 5
				  events:
				    "[tool/übersetzen.start ed]":
				      priority: 1
				""").run((context) -> {
			TelemetryRouterProperties properties = context.getBean(TelemetryRouterProperties.class);
			assertThat(properties.getHandlers()).containsOnlyKeys("costTracker.onModel#2");
			assertThat(properties.getEvents()).containsOnlyKeys("tool/übersetzen.start ed");
		});
	}

	@Test
	void whenOneIdIsPartOfAnotherThenBothAreRead() {
		withYaml("""
				telemetry-router:
				  handlers:
				    audit:
				      priority: 1
				    audit.priority:
				      priority: 2
				    audit.enabled.on:
				      priority: 3
				""").run((context) -> {
			Map<String, Handler> handlers = context.getBean(TelemetryRouterProperties.class).getHandlers();
			assertThat(handlers.get("audit").getPriority()).isEqualTo(1);
			assertThat(handlers.get("audit.priority").getPriority()).isEqualTo(2);
			assertThat(handlers.get("audit.enabled.on").getPriority()).isEqualTo(3);
		});
	}

	@Test
	void whenIdIsWrittenBothWaysThenSettingsAreMergedAndFirstSourceWins() {
		this.contextRunner
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addLast(new MapPropertySource("low",
						Map.of("telemetry-router.handlers.costTracker.onModel.priority", 1,
								"telemetry-router.handlers.costTracker.onModel.max-queue", 10))))
			.withPropertyValues("telemetry-router.handlers[costTracker.onModel].priority=2")
			.run((context) -> {
				Map<String, Handler> handlers = context.getBean(TelemetryRouterProperties.class).getHandlers();
				assertThat(handlers).containsOnlyKeys("costTracker.onModel");
				assertThat(handlers.get("costTracker.onModel").getPriority()).isEqualTo(2);
				assertThat(handlers.get("costTracker.onModel").getMaxQueue()).isEqualTo(10);
			});
	}

	@Test
	void whenEnvironmentVariableNamesKnownIdThenItOverridesAndIdKeepsItsCase() {
		this.contextRunner
			.withInitializer((context) -> environment(context,
					Map.of("TELEMETRYROUTER_HANDLERS_COSTTRACKER_ONMODEL_MAXQUEUE", "20",
							"TELEMETRYROUTER_SOMETHINGELSE", "tcp://10.0.0.1")))
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addLast(new MapPropertySource("low",
						Map.of("telemetry-router.handlers.costTracker.onModel.max-queue", 10))))
			.run((context) -> {
				Map<String, Handler> handlers = context.getBean(TelemetryRouterProperties.class).getHandlers();
				assertThat(handlers).containsOnlyKeys("costTracker.onModel");
				assertThat(handlers.get("costTracker.onModel").getMaxQueue()).isEqualTo(20);
			});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			max-handler-queue              | 0    | at least 1
			max-handler-queue              | -5   | at least 1
			max-depth                      | 0    | at least 1
			max-nested-emits               | 0    | at least 1
			max-event-names                | 0    | at least 1
			max-event-tags                 | 0    | at least 1
			max-held-events                | -1   | at least 0
			block-timeout                  | 0    | be positive
			slow-threshold                 | -1ms | be positive
			shutdown-timeout               | -1s  | not be negative
			stuck-threshold                | -1s  | not be negative
			handler-timeout                | -1ms | not be negative
			spans.dangling-after           | -1s  | not be negative
			handlers.a.onX.handler-timeout | -1s  | not be negative
			handlers.a.onX.slow-threshold  | 0s   | be positive
			quarantine.failures            | 0    | at least 1
			quarantine.failure-rate        | 0    | at most 1
			quarantine.failure-rate        | 1.1  | greater than 0
			quarantine.window              | 0s   | be positive
			quarantine.minimum-calls       | 0    | at least 1
			quarantine.delay               | 0s   | be positive
			quarantine.max-delay           | 10ms | not be shorter than 'telemetry-router.quarantine.delay'
			handlers.a.onX.max-queue       | 0    | at least 1
			handlers[a.onX].concurrency    | -1   | at least 1
			events[model.*].priority       | 1    | is a pattern
			events.model.*.priority        | 1    | is a pattern
			""")
	void whenValueIsImpossibleThenStartFailsNamingPropertyValueAndFix(String name, String value, String fix) {
		this.contextRunner.withPropertyValues("telemetry-router." + name + "=" + value)
			.run((context) -> assertThat(FailureReport.of(context.getStartupFailure()))
				.contains("Property: telemetry-router." + name.replace('[', '.').replace("]", ""))
				.contains("Value: \"" + value + "\"")
				.contains("Origin: \"telemetry-router." + name + "\" from property source \"test\"")
				.contains(fix)
				.contains("Action: "));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			overflow                    | drop-some | to one of: drop-newest, drop-oldest, block, spill.
			handlers.a.onX.overflow     | drop-some | to one of: drop-newest, drop-oldest, block, spill.
			handlers[a.onX].priority    | high      | Set it to a whole number
			events.model.start.priority | high      | to a whole number such as '100'
			max-handler-queue           | 1k        | Set it to a whole number such as '100'
			max-handler-queue           | 9999999999 | to a whole number such as '100', at most 2147483647.
			block-timeout               | 5 s       | Set it to a duration such as '100ms', '5s' or '10m'.
			quarantine.failure-rate     | 80%       | Set it to a number such as '0.8'.
			runs.mdc                    | maybe     | Set it to 'true' or 'false'.
			""")
	void whenValueCannotBeConvertedThenStartFailsNamingPropertyValueAndFix(String name, String value, String fix) {
		this.contextRunner.withPropertyValues("telemetry-router." + name + "=" + value)
			.run((context) -> assertThat(FailureReport.of(context.getStartupFailure()))
				.contains("Property: telemetry-router.")
				.contains("Value: \"" + value + "\"")
				.contains("from property source \"test\"")
				.contains(fix));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			max-handler-que                 | Did you mean 'telemetry-router.max-handler-queue'?
			handler.a.onX.priority          | Did you mean 'telemetry-router.handlers'?
			kafka.topic                     | use one of: block-timeout, default-priority
			somethingElse                   | use one of: block-timeout, default-priority
			handlers.a.onX.max-que          | Did you mean 'telemetry-router.handlers.a.onX.max-queue'?
			handlers[a.onX].prioritty       | Did you mean 'telemetry-router.handlers.a.onX.priority'?
			quarantine.max-dely             | Did you mean 'telemetry-router.quarantine.max-delay'?
			spans.dangling-afer             | Did you mean 'telemetry-router.spans.dangling-after'?
			runs.mcd                        | Did you mean 'telemetry-router.runs.mdc'?
			quarantine.events.delay         | use one of: delay, enabled, failure-rate
			handlers.audit                  | Append a setting: concurrency, durable, enabled, handler-timeout
			events.model.start.max-queue    | append one of these to an event's name: critical, priority
			""")
	void whenNameIsUnknownThenStartFailsAndSaysWhatWasMeant(String name, String fix) {
		this.contextRunner.withPropertyValues("telemetry-router." + name + "=5")
			.run((context) -> assertThat(FailureReport.of(context.getStartupFailure()))
				.contains("Property: telemetry-router." + name.replace('[', '.').replace("]", ""))
				.contains("Value: \"5\"")
				.contains("There is no such property")
				.contains(fix));
	}

	@Test
	void whenPrefixIsThatOfMetersThenOneLineNamesTheProperties(CapturedOutput output) {
		this.contextRunner
			.withPropertyValues("telemetry.router.max-depth=3", "telemetry.router.handlers.audit.max-queue=5",
					"telemetry.sdk.name=x")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).containsOnlyOnce("Properties 'telemetry.router.handlers.audit.max-queue',"
				+ " 'telemetry.router.max-depth' have no effect on the telemetry router: its properties begin with 'telemetry-router.', as 'telemetry-router.enabled' does.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "telemetry-routr.max-depth", "telemetry-routers.handlers.audit.max-queue",
			"telemetry-ruoter.measure-latency", "telemetryRuter.journal.enabled", "telemtry-router.max-depth" })
	void whenPrefixIsMisspeltThenOneLineNamesTheProperty(String name, CapturedOutput output) {
		this.contextRunner.withPropertyValues(name + "=5").run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).containsOnlyOnce("Properties '" + name + "' have no effect on the telemetry router");
	}

	@ParameterizedTest
	@ValueSource(strings = { "telemetry-routing.colour", "telemetry-collector.enabled", "telemetry.enabled",
			"telemetry-router-demo.enabled", "telemetry-routers" })
	void whenPrefixIsAnotherThenNoLineNamesTheProperty(String name, CapturedOutput output) {
		this.contextRunner.withPropertyValues(name + "=5").run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("no effect");
	}

	@Test
	void whenPartnerIsConfiguredThenItsPropertiesAreLeftToIt() {
		this.contextRunner.withPropertyValues("telemetry-router.journal.segment-size=1MB")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	private ApplicationContextRunner withYaml(String yaml) {
		return this.contextRunner.withInitializer(new YamlProperties(yaml));
	}

	private static void environment(ConfigurableApplicationContext context, Map<String, Object> variables) {
		context.getEnvironment()
			.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new SystemEnvironmentPropertySource(
					StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
	}

}
