package io.telemetryrouter.spring.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

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
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.Subscription;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.FailureReport;
import io.telemetryrouter.spring.annotation.TelemetryListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ConfiguredHandlers}.
 */
@ExtendWith(OutputCaptureExtension.class)
class ConfiguredHandlersTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class))
		.withBean("listener", Listener.class);

	/*
	 * Each line: the configured priority of the handler's id and of its event (- for
	 * none), the annotated method, and the resulting priority. The router's default is
	 * 100.
	 */
	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			1 | 2 | withPriority    | 1
			- | 2 | withPriority    | 3
			- | - | withPriority    | 3
			1 | 2 | withoutPriority | 1
			1 | - | withoutPriority | 1
			- | 2 | withoutPriority | 2
			- | - | withoutPriority | 100
			- | 2 | onPattern       | 100
			1 | 2 | onPattern       | 1
			- | 2 | onSeveral       | 2
			""")
	void whenPriorityIsGivenInSeveralPlacesThenTheMostSpecificCounts(String id, String event, String method,
			int expected) {
		this.contextRunner.withPropertyValues("telemetry-router.default-priority=100")
			.withPropertyValues(id.equals("-") ? new String[0]
					: new String[] { "telemetry-router.handlers.listener." + method + ".priority=" + id })
			.withPropertyValues(event.equals("-") ? new String[0]
					: new String[] { "telemetry-router.events.tool.started.priority=" + event,
							"telemetry-router.events.tool.ended.priority=" + (Integer.parseInt(event) + 1) })
			.run((context) -> {
				HandlerSnapshot handler = context.getBean(TelemetryRouter.class).handlerSnapshot("listener." + method);
				assertThat(handler.priority()).isEqualTo(expected);
			});
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenEventIsCriticalThenAFullQueueDropsOthersFirst(boolean variable, CapturedOutput output) {
		Map<String, Object> environment = Map.of("TELEMETRY_ROUTER_EVENTS_TOOL_FAILED_CRITICAL", "true");
		String source = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
		this.contextRunner.withInitializer((context) -> {
			if (variable) {
				context.getEnvironment()
					.getPropertySources()
					.replace(source, new SystemEnvironmentPropertySource(source, environment));
			}
		})
			.withPropertyValues(
					variable ? new String[0] : new String[] { "telemetry-router.events.tool.failed.critical=true" })
			.run((context) -> {
				TelemetryRouter router = context.getBean(TelemetryRouter.class);
				List<String> handled = new CopyOnWriteArrayList<>();
				router.subscribe(HandlerSpec.on("**")
					.id("lane")
					.async()
					.maxQueue(2)
					.overflow(OverflowPolicy.DROP_OLDEST)
					.handler((name, payload) -> handled.add(name))
					.build());
				router.pause("lane");
				List.of("tool.failed", "a", "b", "c").forEach((name) -> router.emit(name, null));
				router.resume("lane");
				assertThat(router.flush(Duration.ofSeconds(30)).complete()).isTrue();
				assertThat(handled).containsExactly("tool.failed", "c");
			});
		assertThat(output).doesNotContain("has no effect");
	}

	@Test
	void whenIdIsConfiguredThenItsSettingsHoldForAnnotatedMethod() {
		this.contextRunner
			.withPropertyValues("telemetry-router.handlers.listener.async.max-queue=10",
					"telemetry-router.handlers.listener.async.overflow=block",
					"telemetry-router.handlers.listener.async.concurrency=3")
			.run((context) -> {
				HandlerSnapshot handler = context.getBean(TelemetryRouter.class).handlerSnapshot("listener.async");
				assertThat(handler.queueCapacity()).isEqualTo(10);
				assertThat(handler.overflow()).isEqualTo(OverflowPolicy.BLOCK);
				assertThat(handler.concurrency()).isEqualTo(3);
			});
	}

	@Test
	void whenIdIsConfiguredThenItsSettingsHoldForProgrammaticHandler() {
		this.contextRunner
			.withPropertyValues("telemetry-router.handlers.mine.priority=4",
					"telemetry-router.events.tool.started.priority=2")
			.run((context) -> {
				TelemetryRouter router = context.getBean(TelemetryRouter.class);
				router.subscribe(HandlerSpec.on("tool.started").id("mine").handler((event, payload) -> {
				}).build());
				Subscription unnamed = router.subscribe("tool.started", (event, payload) -> {
				});
				assertThat(router.handlerSnapshot("mine").priority()).isEqualTo(4);
				assertThat(router.handlerSnapshot(unnamed.handlerId()).priority()).isEqualTo(2);
			});
	}

	@Test
	void whenHandlerIsDisabledThenItIsLeftOut(CapturedOutput output) {
		this.contextRunner.withPropertyValues("telemetry-router.handlers.listener.async.enabled=false")
			.run((context) -> {
				assertThat(context.getBean(TelemetryRouter.class).snapshot().handlers())
					.doesNotContainKey("listener.async")
					.containsKey("listener.withPriority");
				assertThat(output).doesNotContain("has no effect");
			});
	}

	@Test
	void whenIdMatchesNothingThenItIsReportedWithKnownIds(CapturedOutput output) {
		this.contextRunner
			.withPropertyValues("telemetry-router.handlers.nobody.priority=1",
					"telemetry-router.handlers.listener.withpriority.priority=9",
					"telemetry-router.handlers.listener.async.enabled=false")
			.run((context) -> {
				assertThat(context.getBean(TelemetryRouter.class).handlerSnapshot("listener.withPriority").priority())
					.isEqualTo(3);
				String known = "has no effect so far: no handler has this id. Known ids: listener.async,"
						+ " listener.onPattern, listener.onSeveral, listener.withPriority, listener.withoutPriority.";
				assertThat(output).contains("WARN")
					.contains("Property 'telemetry-router.handlers.nobody' " + known + System.lineSeparator())
					.contains("Property 'telemetry-router.handlers.listener.withpriority' " + known
							+ " Did you mean 'listener.withPriority'?");
			});
	}

	@Test
	void whenEventMatchesNothingThenItIsReportedWithNearestName(CapturedOutput output) {
		this.contextRunner
			.withPropertyValues("telemetry-router.events.tool.startd.priority=1",
					"telemetry-router.events.tool.ended.priority=1")
			.run((context) -> assertThat(output)
				.contains("Property 'telemetry-router.events.tool.startd' has no effect so far: no handler names this"
						+ " event. Known names: tool.ended, tool.other, tool.started. Did you mean 'tool.started'?")
				.doesNotContain("tool.ended' has"));
	}

	@Test
	void whenSettingTakesEffectAfterItWasReportedThenItIsSaidOnce(CapturedOutput output) {
		withVariables(Map.of("TELEMETRY_ROUTER_HANDLERS_LATE_ENV_PRIORITY", "9"))
			.withPropertyValues("telemetry-router.handlers.late.priority=8", "telemetry-router.events.last.priority=7")
			.run((context) -> {
				assertThat(output).contains("Property 'telemetry-router.handlers.late' has no effect so far")
					.contains("Property 'telemetry-router.events.last' has no effect so far")
					.doesNotContain("has an effect now");
				for (int i = 0; i < 2; i++) {
					for (String id : List.of("late", "late.env")) {
						try (Subscription late = router(context)
							.subscribe(HandlerSpec.on("last").id(id).handler((event, payload) -> {
							}).build())) {
							assertThat(router(context).handlerSnapshot(late.handlerId()).priority())
								.isGreaterThanOrEqualTo(8);
						}
					}
				}
				assertThat(output.getOut().lines().filter((line) -> line.contains("has an effect now")))
					.satisfiesExactly(
							(line) -> assertThat(line).contains("INFO")
								.contains("Property 'telemetry-router.events.last' has an effect now: 'last'"
										+ " was subscribed after the start."),
							(line) -> assertThat(line).contains("Property 'telemetry-router.handlers.late' has an"
									+ " effect now: 'late' was subscribed after the start."),
							(line) -> assertThat(line).contains("LATE_ENV_PRIORITY' has an effect now: 'late.env'"));
			});
	}

	@Test
	void whenExactIdIsConfiguredThenIdsThatReadLikeItKeepTheirOwn(CapturedOutput output) {
		this.contextRunner.withPropertyValues("telemetry-router.handlers.cost.tracker.priority=9").run((context) -> {
			TelemetryRouter router = context.getBean(TelemetryRouter.class);
			for (String id : List.of("costTracker", "cost-tracker", "cost.tracker")) {
				router.subscribe(HandlerSpec.on("x").id(id).handler((event, payload) -> {
				}).build());
			}
			assertThat(router.handlerSnapshot("costTracker").priority()).isZero();
			assertThat(router.handlerSnapshot("cost-tracker").priority()).isZero();
			assertThat(router.handlerSnapshot("cost.tracker").priority()).isEqualTo(9);
		});
	}

	@Test
	void whenIdsThatReadAlikeAreConfiguredThenEachGetsItsOwn() {
		this.contextRunner.withPropertyValues("telemetry-router.handlers.cost.tracker.priority=1",
				"telemetry-router.handlers.costTracker.priority=2", "telemetry-router.handlers.cost-tracker.priority=3",
				"telemetry-router.handlers.cost_tracker.priority=4", "telemetry-router.events.tool-x.priority=5",
				"telemetry-router.events.toolX.priority=6")
			.run((context) -> {
				for (String id : List.of("cost.tracker", "costTracker", "cost-tracker", "cost_tracker")) {
					router(context).subscribe(HandlerSpec.on("x").id(id).handler((event, payload) -> {
					}).build());
				}
				for (String name : List.of("tool-x", "toolX")) {
					router(context).subscribe(HandlerSpec.on(name).id(name).handler((event, payload) -> {
					}).build());
				}
				assertThat(router(context).snapshot().handlers().values())
					.filteredOn((handler) -> !handler.id().startsWith("listener"))
					.extracting(HandlerSnapshot::priority)
					.containsExactly(1, 2, 3, 4, 5, 6);
			});
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

	@ParameterizedTest
	@CsvSource({ "max-queue,5", "overflow,BLOCK", "concurrency,2", "handler-timeout,1s" })
	void whenQueueOfSynchronousHandlerIsConfiguredThenStartFails(String setting, String value) {
		this.contextRunner
			.withPropertyValues("telemetry-router.handlers.listener.withPriority." + setting + "=" + value)
			.run((context) -> assertThat(FailureReport.of(context.getStartupFailure()))
				.contains("Property: telemetry-router.handlers.listener.withPriority." + setting)
				.contains("Value: \"" + value + "\"")
				.contains("Origin: \"telemetry-router.handlers.listener.withPriority." + setting
						+ "\" from property source \"test\"")
				.contains("'listener.withPriority' is synchronous and has no queue")
				.contains("make the handler asynchronous"));
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
