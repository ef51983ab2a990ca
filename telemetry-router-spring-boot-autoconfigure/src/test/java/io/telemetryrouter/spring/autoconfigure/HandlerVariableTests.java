package io.telemetryrouter.spring.autoconfigure;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.FailureReport;
import io.telemetryrouter.spring.annotation.TelemetryListener;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class HandlerVariableTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class))
		.withBean("listener", Listener.class);

	@ParameterizedTest
	@ValueSource(strings = { "TELEMETRY_ROUTER_HANDLERS_LISTENER_ASYNC_MAXQUEUE",
			"TELEMETRY_ROUTER_HANDLERS_LISTENER_ASYNC_MAX_QUEUE", "TELEMETRYROUTER_HANDLERS_LISTENER_ASYNC_MAXQUEUE",
			"TELEMETRYROUTER_HANDLERS_LISTENERASYNC_MAX_QUEUE", "telemetry-router.handlers.listener.async.max-queue" })
	void whenEnvironmentVariableReadsLikeIdThenItHoldsForHandler(String variable, CapturedOutput output) {
		withVariables(Map.of(variable, "21")).run((context) -> {
			assertThat(router(context).handlerSnapshot("listener.async").queueCapacity()).isEqualTo(21);
			assertThat(output).doesNotContain("no effect");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "TELEMETRY_ROUTER_EVENTS_TOOL_STARTED_PRIORITY",
			"TELEMETRYROUTER_EVENTS_TOOL_STARTED_PRIORITY", "TELEMETRYROUTER_EVENTS_TOOLSTARTED_PRIORITY" })
	void whenEnvironmentVariableReadsLikeEventThenItHoldsForItsHandlers(String variable, CapturedOutput output) {
		withVariables(Map.of(variable, "9")).run((context) -> {
			assertThat(router(context).handlerSnapshot("listener.withoutPriority").priority()).isEqualTo(9);
			assertThat(router(context).handlerSnapshot("listener.withPriority").priority()).isEqualTo(3);
			assertThat(output).doesNotContain("no effect");
		});
	}

	@Test
	void whenVariableAndPropertyAreAboutSameIdThenPrecedenceOfSourcesHolds() {
		withVariables(Map.of("TELEMETRY_ROUTER_HANDLERS_LISTENER_ASYNC_PRIORITY", "2",
				"TELEMETRY_ROUTER_HANDLERS_LISTENER_ASYNC_MAXQUEUE", "2",
				"TELEMETRY_ROUTER_HANDLERS_LISTENER_ASYNC_CONCURRENCY", "2"))
			.withInitializer((context) -> {
				context.getEnvironment()
					.getPropertySources()
					.addFirst(new MapPropertySource("high",
							Map.of("telemetry-router.handlers.listener.async.priority", 1)));
				context.getEnvironment()
					.getPropertySources()
					.addLast(new MapPropertySource("low", Map.of("telemetry-router.handlers.listener.async.max-queue",
							3, "telemetry-router.handlers.listener.async.overflow", "block")));
			})
			.run((context) -> {
				HandlerSnapshot handler = router(context).handlerSnapshot("listener.async");
				assertThat(handler.priority()).isEqualTo(1);
				assertThat(handler.queueCapacity()).isEqualTo(2);
				assertThat(handler.concurrency()).isEqualTo(2);
				assertThat(handler.overflow()).isEqualTo(OverflowPolicy.BLOCK);
			});
	}

	@Test
	void whenIdsThatReadAlikeAreSubscribedAgainAndAgainThenThereIsOneWarning(CapturedOutput output) {
		withVariables(Map.of("TELEMETRY_ROUTER_EVENTS_TOOL_CALL_PRIORITY", "8")).run((context) -> {
			for (int i = 0; i < 3; i++) {
				for (String event : List.of("tool.call", "tool_call")) {
					router(context).subscribe(event, (name, payload) -> {
					}).close();
				}
			}
			assertThat(output.getOut().split("and applies to both", -1)).hasSize(2);
		});
	}

	@Test
	void whenVariableReadsLikeTwoIdsThenItHoldsForBothWithAWarning(CapturedOutput output) {
		withVariables(Map.of("TELEMETRY_ROUTER_HANDLERS_COST_TRACKER_PRIORITY", "8")).run((context) -> {
			for (String id : List.of("costTracker", "cost-tracker", "cost")) {
				router(context).subscribe(HandlerSpec.on("x").id(id).handler((event, payload) -> {
				}).build());
			}
			assertThat(router(context).handlerSnapshot("costTracker").priority()).isEqualTo(8);
			assertThat(router(context).handlerSnapshot("cost-tracker").priority()).isEqualTo(8);
			assertThat(router(context).handlerSnapshot("cost").priority()).isZero();
			assertThat(output).contains("Environment variable 'TELEMETRY_ROUTER_HANDLERS_COST_TRACKER_PRIORITY' matches"
					+ " 'costTracker' and 'cost-tracker' and applies to both.");
		});
	}

	@Test
	void whenVariableHasNoEffectThenItIsNamedWithTheFix(CapturedOutput output) {
		withVariables(Map.of("TELEMETRY_ROUTER_HANDLERS_LISTENER_ASINC_PRIORITY", "1",
				"TELEMETRY_ROUTER_EVENTS_TOOL_STARTD_PRIORITY", "2", "TELEMETRY_ROUTER_HANDLERS_LISTENER_ASYNC_PRIO",
				"3", "TELEMETRY_ROUTER_MAXHANDLERQUEUE", "4", "TELEMETRYROUTER_QUARANTINE_MAXDELEY", "5s",
				"TELEMETRY_ROUTER_MAX_DEPTH", "6", "TELEMETRY_ROUTER_SERVICE_HOST", "10.0.0.1",
				"TELEMETRY_ROUTER_PORT_8080_TCP", "tcp://10.0.0.1:8080", "TELEMETRY_ROUTER_PORT",
				"tcp://10.0.0.1:8080"))
			.run((context) -> assertThat(
					output.getOut().lines().filter((line) -> line.contains("Environment variable")))
				.satisfiesExactlyInAnyOrder(
						(line) -> assertThat(line).contains("WARN")
							.contains("'TELEMETRY_ROUTER_HANDLERS_LISTENER_ASINC_PRIORITY' has no effect so far: no"
									+ " handler has this id. Known ids: ")
							.contains("Did you mean 'listener.async'?"),
						(line) -> assertThat(line)
							.contains("'TELEMETRY_ROUTER_EVENTS_TOOL_STARTD_PRIORITY' has no effect")
							.contains("Did you mean 'tool.started'?"),
						(line) -> assertThat(line)
							.contains("'TELEMETRY_ROUTER_HANDLERS_LISTENER_ASYNC_PRIO' has no effect:"
									+ " it must end with one of these settings: CONCURRENCY, DURABLE, ENABLED, HANDLERTIMEOUT,"
									+ " MAXQUEUE, OVERFLOW, PRIORITY, SLOWTHRESHOLD, THREAD, after a handler's id."),
						(line) -> assertThat(line)
							.contains("'TELEMETRY_ROUTER_MAXHANDLERQUEUE' has no effect. Did you mean"
									+ " 'TELEMETRYROUTER_MAXHANDLERQUEUE'?"),
						(line) -> assertThat(line)
							.contains("'TELEMETRYROUTER_QUARANTINE_MAXDELEY' has no effect. Did you"
									+ " mean 'TELEMETRYROUTER_QUARANTINE_MAXDELAY'?")));
	}

	@ParameterizedTest
	@ValueSource(strings = { "TELEMETRY", "TELEMETRY_SDK", "TELEMETRY_ENABLED", "TELEMETRY_COLLECTOR_ENABLED",
			"TELEMETRYCOLLECTOR_ENABLED", "TELEMETRY_ROUTER", "TELEMETRYROUTER", "TELEPORT", "TELEMETRY_", "TELE_A_" })
	void whenVariableIsOfAnotherThenNoLineNamesIt(String variable, CapturedOutput output) {
		withVariables(Map.of(variable, "off")).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output).doesNotContain("no effect");
		});
	}

	@ParameterizedTest
	@CsvSource({ "TELEMETRY_ROUTR_MAX_DEPTH, TELEMETRYROUTER_MAXDEPTH",
			"TELEMETRYROUTR_MAXDEPTH, TELEMETRYROUTER_MAXDEPTH", "TELEMTRY_ROUTER_MAXDEPTH, TELEMETRYROUTER_MAXDEPTH" })
	void whenPrefixOfVariableIsMisspeltThenOneLineNamesItWithTheFix(String variable, String fix,
			CapturedOutput output) {
		withVariables(Map.of(variable, "5")).run((context) -> assertThat(context).hasNotFailed());
		assertThat(output)
			.containsOnlyOnce("Environment variable '" + variable + "' has no effect. Did you mean '" + fix);
	}

	@ParameterizedTest
	@CsvSource({ "TELEMETRY_ROUTER_HANDLERS_LISTENER_ASYNC_MAXQUEUE, 0, must be at least 1",
			"TELEMETRY_ROUTER_HANDLERS_LISTENER_ASYNC_OVERFLOW, some, Set it to one of: drop-newest",
			"TELEMETRY_ROUTER_EVENTS_TOOL_STARTED_PRIORITY, high, Set it to a whole number" })
	void whenValueOfVariableIsImpossibleThenStartFailsNamingIt(String variable, String value, String fix) {
		withVariables(Map.of(variable, value))
			.run((context) -> assertThat(FailureReport.of(context.getStartupFailure()))
				.contains("Value: \"" + value + "\"")
				.contains("Origin: \"" + variable + "\" from property source \"systemEnvironment\"")
				.contains(fix));
	}

	@Test
	void whenQueueOfSynchronousHandlerIsSetByVariableThenStartFailsNamingIt() {
		withVariables(Map.of("TELEMETRY_ROUTER_HANDLERS_LISTENER_WITHPRIORITY_MAX_QUEUE", "5"))
			.run((context) -> assertThat(FailureReport.of(context.getStartupFailure()))
				.contains("Property: TELEMETRY_ROUTER_HANDLERS_LISTENER_WITHPRIORITY_MAX_QUEUE")
				.contains("Origin: \"TELEMETRY_ROUTER_HANDLERS_LISTENER_WITHPRIORITY_MAX_QUEUE\" from property source")
				.contains("'listener.withPriority' is synchronous and has no queue"));
	}

	private ApplicationContextRunner withVariables(Map<String, Object> variables) {
		return this.contextRunner.withInitializer((context) -> context.getEnvironment()
			.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new SystemEnvironmentPropertySource(
					StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables)));
	}

	private static TelemetryRouter router(AssertableApplicationContext context) {
		return context.getBean(TelemetryRouter.class);
	}

	static class Listener {

		@TelemetryListener(events = "tool.started", priority = 3)
		void withPriority() {
		}

		@TelemetryListener("tool.started")
		void withoutPriority() {
		}

		@TelemetryListener("tool.*")
		void onPattern() {
		}

		@TelemetryListener({ "tool.other", "tool.ended", "tool.started" })
		void onSeveral() {
		}

		@TelemetryListener(events = "tool.started", async = true)
		void async() {
		}

	}

}
