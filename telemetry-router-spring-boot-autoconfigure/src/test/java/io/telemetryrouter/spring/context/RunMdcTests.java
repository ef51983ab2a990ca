package io.telemetryrouter.spring.context;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.RunScope;
import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.annotation.TelemetryListener;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;
import io.telemetryrouter.spring.autoconfigure.context.TelemetryRouterContextPropagationAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RunMdcCustomizer} in an application.
 */
@SuppressWarnings("try")
class RunMdcTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class,
				TelemetryRouterContextPropagationAutoConfiguration.class))
		.withBean(Listener.class);

	@Test
	void whenConfiguredThenHandlersHaveTheRunInTheMdc() {
		this.contextRunner.withPropertyValues("telemetry-router.runs.mdc=true").run((context) -> {
			TelemetryRouter router = context.getBean(TelemetryRouter.class);
			List<String> seen = context.getBean(Listener.class).seen;
			MDC.put("runId", "mine");
			try (RunScope run = router.openRun("r1")) {
				router.emitAsync("event", "payload").get(30, TimeUnit.SECONDS);
			}
			assertThat(MDC.get("runId")).isEqualTo("mine");
			MDC.clear();
			router.emitAsync("event", "payload").get(30, TimeUnit.SECONDS);
			assertThat(seen).containsExactlyInAnyOrder("sync r1", "async r1", "sync null", "async null");
			router.subscribe(HandlerSpec.on("failing").handler((event, payload) -> {
				throw new IllegalStateException();
			}).build());
			router.forRun("r2").emit("failing", null);
			assertThat(MDC.get("runId")).isNull();
		});
	}

	@Test
	void byDefaultTheMdcIsLeftAlone() {
		this.contextRunner.run((context) -> {
			TelemetryRouter router = context.getBean(TelemetryRouter.class);
			router.forRun("r1").emitAsync("event", "payload").get(30, TimeUnit.SECONDS);
			assertThat(context.getBean(Listener.class).seen).containsExactlyInAnyOrder("sync null", "async null");
		});
	}

	static class Listener {

		final List<String> seen = new CopyOnWriteArrayList<>();

		@TelemetryListener("event")
		void sync(String payload) {
			this.seen.add("sync " + MDC.get("runId"));
		}

		@TelemetryListener(events = "event", async = true)
		void async(TelemetryEvent<String> event) {
			this.seen.add("async " + MDC.get("runId"));
		}

	}

}
