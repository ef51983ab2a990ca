package io.telemetryrouter.spring.annotation;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the log lines of a listener that returns {@code null} instead of a stage or a
 * publisher.
 */
@ExtendWith(OutputCaptureExtension.class)
class CompletingCallTests {

	@Test
	void whenListenerReturnsNullThenOneLineForItSaysSo(CapturedOutput output) {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class))
			.withBean("bean", ReturnsNothing.class)
			.run((context) -> {
				TelemetryRouter router = context.getBean(TelemetryRouter.class);
				for (int i = 0; i < 3; i++) {
					router.emit("x", "secret");
				}
				assertThat(router.flush(Duration.ofSeconds(30)).complete()).isTrue();
				for (String id : new String[] { "bean.stage", "bean.mono" }) {
					HandlerSnapshot handler = router.handlerSnapshot(id);
					assertThat(handler).isNotNull();
					assertThat(handler.account().handled()).isEqualTo(3);
				}
			});
		assertThat(output.getOut().lines().filter((line) -> line.contains("returned null"))).hasSize(2)
			.anyMatch((line) -> line.contains("Method '" + ReturnsNothing.class.getName()
					+ ".stage' of bean 'bean' returned null instead of a CompletionStage, so its events count as"
					+ " handled when it returns. Return one that completes when the event has been handled."))
			.anyMatch((line) -> line.contains(".mono' of bean 'bean' returned null instead of a Mono"));
		assertThat(output).doesNotContain("secret");
	}

	static class ReturnsNothing {

		@TelemetryListener("x")
		@Nullable CompletionStage<Void> stage(String payload) {
			return null;
		}

		@TelemetryListener("x")
		@Nullable Mono<Void> mono(String payload) {
			return null;
		}

	}

}
