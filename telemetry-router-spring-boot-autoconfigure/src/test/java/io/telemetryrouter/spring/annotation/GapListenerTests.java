package io.telemetryrouter.spring.annotation;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.TelemetryGap;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for listeners that receive gaps for dropped events.
 */
class GapListenerTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class));

	@Test
	void whenListenerAsksForGapsThenItIsToldOfDroppedEvents() {
		this.contextRunner.withBean("listener", Listener.class).run((context) -> {
			TelemetryRouter router = context.getBean(TelemetryRouter.class);
			router.pause("listener.on");
			List.of("a", "b", "c").forEach((name) -> router.emit(name, null));
			router.resume("listener.on");
			assertThat(router.flush(Duration.ofSeconds(30)).complete()).isTrue();
			List<TelemetryEvent<?>> received = context.getBean(Listener.class).received;
			assertThat(received).extracting((event) -> event.name()).containsExactly(TelemetryGap.EVENT, "c");
			assertThat(received.get(0).payload()).isInstanceOfSatisfying(TelemetryGap.class,
					(gap) -> assertThat(gap.count()).isEqualTo(2));
		});
	}

	@Test
	void whenListenerCannotBeToldThenTheStartFails() {
		this.contextRunner.withBean(Synchronous.class)
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("It is synchronous and has no queue, so its gaps would have no effect."));
		this.contextRunner.withBean(Typed.class)
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("It takes payloads of java.lang.String, and gaps are payloads of "
						+ "io.telemetryrouter.TelemetryGap."));
	}

	static class Listener {

		final List<TelemetryEvent<?>> received = new CopyOnWriteArrayList<>();

		@TelemetryListener(events = { "a", "b", "c" }, async = true, maxQueue = 1,
				overflow = OverflowPolicy.DROP_OLDEST, gaps = true)
		void on(TelemetryEvent<?> event) {
			this.received.add(event);
		}

	}

	static class Synchronous {

		@TelemetryListener(events = "a", gaps = true)
		void on(TelemetryEvent<?> event) {
			// Not called
		}

	}

	static class Typed {

		@TelemetryListener(events = "a", async = true, gaps = true)
		void on(String payload) {
			// Not called
		}

	}

}
