package io.telemetryrouter.spring.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.spring.annotation.TelemetryListener;
import io.telemetryrouter.spring.test.StubRouter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StartReport}.
 */
@ExtendWith(OutputCaptureExtension.class)
class StartReportTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class));

	@Test
	void whenContextStartsThenOneLineSaysWhatThereIs(CapturedOutput output) {
		this.contextRunner.withBean(Listener.class)
			.withBean(StartDetail.class, () -> () -> "a detail")
			.run((context) -> {
				ConfigurableApplicationContext source = context
					.getSourceApplicationContext(ConfigurableApplicationContext.class);
				source.stop();
				source.start();
			});
		assertThat(output.getOut().lines().filter((line) -> line.contains("Telemetry router started"))).singleElement()
			.asString()
			.endsWith("Telemetry router started with 3 handlers: 2 synchronous (tool.*, usage),"
					+ " 1 asynchronous (**); a detail");
	}

	@Test
	void whenRouterIsThatOfTheParentThenChildSaysNothing(CapturedOutput output) {
		this.contextRunner
			.run((parent) -> this.contextRunner.withParent(parent).run((child) -> assertThat(child).hasNotFailed()));
		assertThat(output.getOut().lines().filter((line) -> line.contains("Telemetry router started"))).hasSize(1);
	}

	@Test
	void whenRouterIsDisabledThenOneLineSaysSo(CapturedOutput output) {
		this.contextRunner.withBean(Listener.class)
			.withPropertyValues("telemetry-router.enabled=false")
			.run((context) -> context.getBean(TelemetryEmitter.class).emit("usge", "payload"));
		assertThat(output)
			.containsOnlyOnce(
					"Telemetry router is disabled: 'telemetry-router.enabled' is 'false', so no handler gets an event")
			.doesNotContain("'usge'", "Telemetry router closed");
	}

	@Test
	void whenThereAreNoHandlersThenThatIsSaid() {
		assertThat(StartReport.of(List.of(), List.of())).isEqualTo("Telemetry router started with no handlers yet");
	}

	@Test
	void whenThereAreManyPatternsThenOnlyTheFirstAreNamed() {
		List<HandlerSnapshot> handlers = new ArrayList<>();
		for (int i = 0; i < 12; i++) {
			handlers.add(StubRouter.async("h" + i, List.of("e" + i, "all"), HandlerAccount.EMPTY, Duration.ZERO, null));
		}
		assertThat(StartReport.of(handlers, List.of())).isEqualTo("Telemetry router started with 12 handlers:"
				+ " 12 asynchronous (e0, all, e1, e2, e3, e4, e5, e6, e7, e8 and 3 more)");
	}

	static class Listener {

		@TelemetryListener("tool.*")
		void tool() {
		}

		@TelemetryListener("usage")
		void usage() {
		}

		@TelemetryListener(events = "**", async = true)
		void any() {
		}

	}

}
