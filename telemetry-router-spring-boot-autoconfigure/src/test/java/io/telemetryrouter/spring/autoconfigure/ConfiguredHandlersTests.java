package io.telemetryrouter.spring.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

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
	 * Each line: what is configured for the handler's id and for its event (- for
	 * nothing), what the method says (its name), and the priority that results. The
	 * router's default is 100.
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
	void whenIdHasLostItsCaseThenItStillMatches(CapturedOutput output) {
		this.contextRunner.withPropertyValues("telemetry-router.handlers.listener.withpriority.priority=9")
			.run((context) -> {
				assertThat(context.getBean(TelemetryRouter.class).handlerSnapshot("listener.withPriority").priority())
					.isEqualTo(9);
				assertThat(output).doesNotContain("has no effect");
			});
	}

	@Test
	void whenIdMatchesNothingThenItIsReportedWithKnownIds(CapturedOutput output) {
		this.contextRunner
			.withPropertyValues("telemetry-router.handlers.listener.typo.priority=1",
					"telemetry-router.handlers.listener.async.enabled=false")
			.run((context) -> assertThat(output).contains("WARN")
				.contains("Property 'telemetry-router.handlers.listener.typo' has no effect")
				.contains("Known ids: listener.async, listener.onPattern, listener.onSeveral, listener.withPriority,"
						+ " listener.withoutPriority"));
	}

	@ParameterizedTest
	@CsvSource({ "max-queue,5", "overflow,BLOCK", "concurrency,2" })
	void whenQueueOfSynchronousHandlerIsConfiguredThenStartFails(String setting, String value) {
		this.contextRunner
			.withPropertyValues("telemetry-router.handlers.listener.withPriority." + setting + "=" + value)
			.run((context) -> assertThat(FailureReport.of(context.getStartupFailure()))
				.contains("Property: telemetry-router.handlers.listener.withPriority." + setting)
				.contains("Value: \"" + value + "\"")
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
