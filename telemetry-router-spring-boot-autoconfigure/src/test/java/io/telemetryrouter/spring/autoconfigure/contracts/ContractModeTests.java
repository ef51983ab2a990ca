package io.telemetryrouter.spring.autoconfigure.contracts;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Positive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration;
import org.springframework.context.ApplicationContext;

import io.telemetryrouter.EventType;
import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.PayloadViolationException;
import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.TelemetryEventType;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.FailureReport;
import io.telemetryrouter.spring.annotation.TelemetryListener;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;
import io.telemetryrouter.spring.autoconfigure.metrics.TelemetryRouterMetricsAutoConfiguration;
import io.telemetryrouter.spring.contracts.ContractChecks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ExtendWith(OutputCaptureExtension.class)
class ContractModeTests {

	private static final String SECRET = "sk-secret-4711";

	@TelemetryEventType("model.response")
	record Response(String model, @Positive int tokens, @Valid Map<String, Message> messages) {

		Response(String model, int tokens) {
			this(model, tokens, Map.of());
		}

	}

	record Message(@NotBlank String text) {
	}

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterContractsAutoConfiguration.class,
				TelemetryRouterAutoConfiguration.class, ValidationAutoConfiguration.class))
		.withBean("responses", EventType.class, () -> EventType.of(Response.class))
		.withBean("listener", Listener.class);

	private static void emit(ApplicationContext context, Object payload) {
		context.getBean(TelemetryEmitter.class).emit("model.response", payload);
	}

	private static List<Object> received(ApplicationContext context) {
		return context.getBean(Listener.class).received;
	}

	private static HandlerAccount account(ApplicationContext context, String method) {
		return context.getBean(TelemetryRouter.class).handlerSnapshot("listener." + method).account();
	}

	@Test
	void whenAPayloadIsOfAnotherTypeThenItIsCountedReportedAndRoutedToThoseItFits(CapturedOutput output) {
		MeterRegistry registry = new SimpleMeterRegistry();
		this.contextRunner.withConfiguration(AutoConfigurations.of(TelemetryRouterMetricsAutoConfiguration.class))
			.withBean(MeterRegistry.class, () -> registry)
			.run((context) -> {
				context.getBean("telemetryRouterContractMeters", MeterBinder.class).bindTo(registry);
				emit(context, new Response("m", 1));
				emit(context, SECRET);
				emit(context, SECRET);
				assertThat(received(context)).hasSize(4).endsWith(SECRET, SECRET);
				assertThat(context.getBean(ContractChecks.class).violations("model.response")).isEqualTo(2);
				assertThat(registry.get("telemetry.router.contract.violations")
					.tag("event", "model.response")
					.functionCounter()
					.count()).isEqualTo(2);
			});
		assertThat(output.getAll().lines().filter((line) -> line.contains("breaks its contract"))).singleElement()
			.asString()
			.contains("Payload of event 'model.response' breaks its contract: it is a java.lang.String, not a "
					+ Response.class.getName());
		assertThat(output).doesNotContain(SECRET);
	}

	@Test
	void whenAConstraintIsViolatedThenItIsReportedWithoutThePayload(CapturedOutput output) {
		this.contextRunner.run((context) -> {
			emit(context, new Response(SECRET, -4711, Map.of(SECRET, new Message(" "))));
			assertThat(received(context)).hasSize(2);
			assertThat(context.getBean(ContractChecks.class).violations("model.response")).isOne();
		});
		assertThat(output).contains("it violates @NotBlank on 'messages.text', @Positive on 'tokens'")
			.doesNotContain(SECRET)
			.doesNotContain("4711");
	}

	@Test
	void whenModeIsEnforceThenTheEmitterGetsTheException() {
		this.contextRunner.withPropertyValues("telemetry-router.contracts.mode=enforce").run((context) -> {
			assertThatExceptionOfType(PayloadViolationException.class).isThrownBy(() -> emit(context, SECRET))
				.withMessage("Payload of event 'model.response' breaks its contract: it is a java.lang.String, not a "
						+ Response.class.getName());
			assertThatExceptionOfType(PayloadViolationException.class)
				.isThrownBy(() -> emit(context, new Response("m", 0)))
				.withMessageEndingWith("it violates @Positive on 'tokens'");
			emit(context, new Response("m", 1));
			context.getBean(TelemetryEmitter.class).emit("other", SECRET);
			assertThat(received(context)).hasSize(3);
		});
	}

	@Test
	void whenModeIsOffThenNothingIsCheckedOrSaid(CapturedOutput output) {
		this.contextRunner.withPropertyValues("telemetry-router.contracts.mode=off").run((context) -> {
			emit(context, SECRET);
			assertThat(context.getBean(ContractChecks.class).violations("model.response")).isZero();
		});
		assertThat(output).doesNotContain("breaks its contract");
	}

	@Test
	void whenThereIsNoValidatorThenTypesAreCheckedAlone() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(TelemetryRouterContractsAutoConfiguration.class,
					TelemetryRouterAutoConfiguration.class))
			.withBean(EventType.class, () -> EventType.of(Response.class))
			.withPropertyValues("telemetry-router.contracts.mode=enforce")
			.run((context) -> {
				emit(context, new Response("m", -1));
				assertThatExceptionOfType(PayloadViolationException.class).isThrownBy(() -> emit(context, SECRET));
			});
	}

	@Test
	void whenMapsAreConvertedThenTheListenerGetsItsRecord() {
		this.contextRunner
			.withPropertyValues("telemetry-router.contracts.convert-maps=true",
					"telemetry-router.contracts.mode=enforce")
			.run((context) -> {
				Map<String, Object> map = Map.of("model", "m", "tokens", 3, "unknown", true);
				emit(context, map);
				assertThat(received(context)).containsExactlyInAnyOrder(new Response("m", 3, null), map);
			});
	}

	@Test
	void whenAMapCannotBeConvertedThenItIsThatListenersFailure(CapturedOutput output) {
		this.contextRunner.withPropertyValues("telemetry-router.contracts.convert-maps=true").run((context) -> {
			Map<String, Object> map = Map.of("model", "m", "tokens", SECRET);
			emit(context, map);
			assertThat(received(context)).containsExactly(map);
			assertThat(account(context, "typed").failed()).isOne();
			assertThat(account(context, "any").handled()).isOne();
		});
		assertThat(output)
			.contains("A map cannot be converted to " + Response.class.getName() + ", because of 'tokens'")
			.doesNotContain(SECRET);
	}

	@Test
	void whenMapsCannotBeConvertedForLackOfJacksonThenStartFailsAndSaysWhatToAdd() {
		this.contextRunner.withClassLoader(new FilteredClassLoader("tools.jackson"))
			.withPropertyValues("telemetry-router.contracts.convert-maps=true")
			.run((context) -> assertThat(FailureReport.of(context.getStartupFailure())).contains(
					"'telemetry-router.contracts.convert-maps'",
					"It needs tools.jackson.core:jackson-databind on the class path."));
	}

	@Test
	void whenMapsAreNotConvertedThenTheListenerDoesNotGetThem() {
		this.contextRunner.run((context) -> {
			emit(context, Map.of("model", "m", "tokens", 3));
			assertThat(received(context)).hasSize(1);
			assertThat(context.getBean(ContractChecks.class).violations("model.response")).isOne();
		});
	}

	static class Listener {

		final List<Object> received = new ArrayList<>();

		@TelemetryListener
		void typed(Response response) {
			this.received.add(response);
		}

		@TelemetryListener("**")
		void any(TelemetryEvent<?> event) {
			this.received.add(event.payload());
		}

	}

}
