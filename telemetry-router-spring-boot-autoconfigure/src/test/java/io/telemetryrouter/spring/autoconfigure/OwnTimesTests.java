package io.telemetryrouter.spring.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.HandlerSpecCustomizer;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.TelemetryRouterCustomizer;
import io.telemetryrouter.spring.annotation.TelemetryListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for handler timeouts and slow thresholds of single listeners, from annotation and
 * configuration.
 */
class OwnTimesTests {

	/** The specifications after all customizers. */
	private final Map<String, HandlerSpec<?>> specs = new LinkedHashMap<>();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class))
		.withBean("listener", Listener.class)
		.withBean(TelemetryRouterCustomizer.class, () -> (builder) -> builder.specCustomizer(recorder()));

	private HandlerSpecCustomizer recorder() {
		return (spec) -> {
			this.specs.put(spec.id(), spec);
			return spec;
		};
	}

	@Test
	void whenTheAnnotationSaysSoThenTheListenerHasItsOwnTimes() {
		this.contextRunner.withPropertyValues("slow=50ms").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(this.specs.get("listener.async").handlerTimeout()).isEqualTo(Duration.ofHours(5));
			assertThat(this.specs.get("listener.sync").slowThreshold()).isEqualTo(Duration.ofMillis(50));
			assertThat(this.specs.get("listener.sync").handlerTimeout()).isNull();
		});
	}

	@Test
	void whenTheConfigurationSaysOtherwiseThenItHasTheLastWord() {
		this.contextRunner
			.withPropertyValues("telemetry-router.handlers.listener.async.handler-timeout=10ms",
					"telemetry-router.handlers.listener.sync.slow-threshold=1ns")
			.run((context) -> {
				TelemetryRouter router = context.getBean(TelemetryRouter.class);
				router.emit("x", null);
				assertThat(router.handlerSnapshot("listener.sync").slow()).isOne();
				// Hangs until it is given up; by the annotation alone it would hang
				// forever
				await().atMost(Duration.ofSeconds(30))
					.until(() -> router.handlerSnapshot("listener.async").account().failed() == 1);
			});
	}

	static class Listener {

		@TelemetryListener(events = "x", async = true, handlerTimeout = "PT5H")
		void async() throws InterruptedException {
			new CountDownLatch(1).await();
		}

		@TelemetryListener(events = "x", slowThreshold = "${slow:1s}")
		void sync() {
		}

	}

}
