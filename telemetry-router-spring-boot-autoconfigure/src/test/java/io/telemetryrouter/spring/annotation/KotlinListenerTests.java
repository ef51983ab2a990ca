package io.telemetryrouter.spring.annotation;

import kotlin.Metadata;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.FailureReport;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TelemetryListener} methods as Kotlin compiles them.
 */
class KotlinListenerTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class));

	@ParameterizedTest
	@ValueSource(classes = { SuspendsWithoutPayload.class, SuspendsWithPayload.class, SuspendsWithName.class })
	void whenFunctionSuspendsThenStartFailsAndSaysWhatToWrite(Class<?> type) {
		this.contextRunner.withBean("faulty", type).run((context) -> {
			String report = FailureReport.of(context.getStartupFailure());
			assertThat(report).contains("Reason: It is a suspending function of Kotlin, which the router cannot call.");
			assertThat(report.substring(report.indexOf("Action:"))).contains("= mono { ... }");
		});
	}

	@Test
	void whenFunctionIsInternalThenItsIdIsItsNameInTheSource() {
		this.contextRunner.withBean("observers", Internal.class)
			.run((context) -> assertThat(context.getBean(TelemetryRouter.class).snapshot().handlers())
				.containsOnlyKeys("observers.audit"));
	}

	@Test
	void whenMethodOfJavaHasDollarThenItsIdHasItToo() {
		this.contextRunner.withBean("observers", Java.class)
			.run((context) -> assertThat(context.getBean(TelemetryRouter.class).snapshot().handlers())
				.containsOnlyKeys("observers.audit$all"));
	}

	@Metadata
	static class SuspendsWithoutPayload {

		@TelemetryListener("x")
		public final Object on(Continuation<? super Unit> continuation) {
			return Unit.INSTANCE;
		}

	}

	@Metadata
	static class SuspendsWithPayload {

		@TelemetryListener("x")
		public final Object on(String payload, Continuation<? super Unit> continuation) {
			return Unit.INSTANCE;
		}

	}

	@Metadata
	static class SuspendsWithName {

		@TelemetryListener("x")
		public final Object on(String event, Object payload, Continuation<? super Unit> continuation) {
			return Unit.INSTANCE;
		}

	}

	@Metadata
	static class Internal {

		@TelemetryListener("x")
		public final void audit$agent_app() {
		}

	}

	static class Java {

		@TelemetryListener("x")
		void audit$all() {
		}

	}

}
