package io.telemetryrouter.spring.annotation;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.annotation.Order;
import org.springframework.scheduling.annotation.Async;

import io.telemetryrouter.LaneThread;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.spring.FailureReport;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Tests for {@link TelemetryListener} methods that cannot be handlers.
 */
class TelemetryListenerDefinitionTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class));

	static Stream<Arguments> faulty() {
		return Stream.of(arguments(new StaticMethod(), "The method is static.", "Make it an instance method."),
				arguments(new ThreeParameters(), "parameters that the router cannot supply", "(String event, Payload"),
				arguments(new SwappedParameters(), "parameters that the router cannot supply",
						"(String event, Payload"),
				arguments(new NameAndEvent(), "parameters that the router cannot supply", "(TelemetryEvent<Payload>"),
				arguments(new ReturnsValue(), "It returns 'boolean', which the router cannot use.", "Return void"),
				arguments(new BadPattern(), "'model.**.x' has '**' before its end", "Correct the event name"),
				arguments(new ListOfNames(), "'usage,other' has a comma: give each name by itself",
						"Correct the event name"),
				arguments(new BlankName(), "must not be null or blank", "Correct the event name"),
				arguments(new BadCondition(), "Its condition 'payload >' is malformed", "Correct the expression"),
				arguments(new VariableCondition(),
						"Its condition '#payload.tokens > 1' is malformed: there is no variable '#payload'.",
						"its root is the TelemetryEvent"),
				arguments(new TwoPriorities(), "Its priority has 2 values.", "Set one priority"),
				arguments(new TwoPolicies(), "Its overflow has 2 values.", "Set one overflow"),
				arguments(new SyncQueue(), "so its maxQueue would have no effect", "Set async = true"),
				arguments(new SyncOverflow(), "so its overflow would have no effect", "Set async = true"),
				arguments(new SyncConcurrency(), "so its concurrency would have no effect", "Set async = true"),
				arguments(new SyncThread(), "so its thread would have no effect", "Set async = true"),
				arguments(new NegativeQueue(), "Its maxQueue is -1.", "Set maxQueue to a positive number"),
				arguments(new SyncTimeout(), "so its handlerTimeout would have no effect", "Set async = true"),
				arguments(new WrongTimeout(), "Its handlerTimeout 'soon' is no duration.",
						"Set handlerTimeout to a duration such as '100ms' or '5s'"),
				arguments(new NoSlowThreshold(), "Its slowThreshold '0s' is no positive duration.",
						"Set slowThreshold to a duration"),
				arguments(new NoConcurrency(), "Its concurrency is 0.", "Set concurrency to a positive number"),
				arguments(new OnceConcurrently(), "one event only, and several at once", "Remove either"),
				arguments(new PriorityAndOrder(), "Its priority is 1 and its @Order is 2.", "Remove either"),
				arguments(new SpringAsync(), "It has @Async", "Set async = true"),
				arguments(new ComposedAsync(), "It has @Async", "remove @Async"),
				arguments(new SpringAsyncStage(), "It has @Async", "A method that returns a CompletionStage"),
				arguments(new SpringAsyncClass(), "Its class has @Async", "a class of its own"),
				arguments(new BlankId(), "Its id ' ' is blank.", "Give it an id"), arguments(new UnknownPlaceholder(),
						"placeholder in its event '${no.such}' cannot be resolved", "Set the property"));
	}

	@ParameterizedTest
	@MethodSource("faulty")
	void whenMethodCannotBeHandlerThenStartFailsAndSaysWhy(Object bean, String reason, String action) {
		this.contextRunner.withBean("faulty", Object.class, () -> bean)
			.run((context) -> assertThat(context.getStartupFailure()).satisfies((failure) -> {
				String report = FailureReport.of(failure);
				assertThat(report).contains("Bean: faulty")
					.contains("Method: ")
					.contains(bean.getClass().getName() + ".on(")
					.contains(reason);
				assertThat(report.substring(report.indexOf("Action:"))).contains(action);
			}));
	}

	static class StaticMethod {

		@TelemetryListener("x")
		static void on() {
		}

	}

	static class ThreeParameters {

		@TelemetryListener("x")
		void on(String event, Object payload, Object more) {
		}

	}

	static class SwappedParameters {

		@TelemetryListener("x")
		void on(Integer payload, String event) {
		}

	}

	static class NameAndEvent {

		@TelemetryListener("x")
		void on(String name, TelemetryEvent<?> event) {
		}

	}

	static class ReturnsValue {

		@TelemetryListener("x")
		boolean on() {
			return true;
		}

	}

	static class BadPattern {

		@TelemetryListener("model.**.x")
		void on() {
		}

	}

	static class SyncThread {

		@TelemetryListener(events = "x", thread = LaneThread.PLATFORM)
		void on() {
		}

	}

	static class ListOfNames {

		@TelemetryListener("usage,other")
		void on(String payload) {
		}

	}

	static class BlankName {

		@TelemetryListener("")
		void on() {
		}

	}

	static class BadCondition {

		@TelemetryListener(events = "x", condition = "payload >")
		void on() {
		}

	}

	static class VariableCondition {

		@TelemetryListener(events = "x", condition = "#payload.tokens > 1")
		void on() {
		}

	}

	static class TwoPriorities {

		@TelemetryListener(events = "x", priority = { 1, 2 })
		void on() {
		}

	}

	static class TwoPolicies {

		@TelemetryListener(events = "x", async = true, overflow = { OverflowPolicy.BLOCK, OverflowPolicy.DROP_OLDEST })
		void on() {
		}

	}

	static class SyncQueue {

		@TelemetryListener(events = "x", maxQueue = 5)
		void on() {
		}

	}

	static class SyncOverflow {

		@TelemetryListener(events = "x", overflow = OverflowPolicy.BLOCK)
		void on() {
		}

	}

	static class SyncConcurrency {

		@TelemetryListener(events = "x", concurrency = 2)
		void on() {
		}

	}

	static class NegativeQueue {

		@TelemetryListener(events = "x", async = true, maxQueue = -1)
		void on() {
		}

	}

	static class SyncTimeout {

		@TelemetryListener(events = "x", handlerTimeout = "5s")
		void on() {
		}

	}

	static class WrongTimeout {

		@TelemetryListener(events = "x", async = true, handlerTimeout = "soon")
		void on() {
		}

	}

	static class NoSlowThreshold {

		@TelemetryListener(events = "x", slowThreshold = "0s")
		void on() {
		}

	}

	static class NoConcurrency {

		@TelemetryListener(events = "x", async = true, concurrency = 0)
		void on() {
		}

	}

	static class OnceConcurrently {

		@TelemetryListener(events = "x", once = true, concurrency = 2)
		CompletionStage<Void> on() {
			return CompletableFuture.completedFuture(null);
		}

	}

	static class PriorityAndOrder {

		@Order(2)
		@TelemetryListener(events = "x", priority = 1)
		void on() {
		}

	}

	static class SpringAsync {

		@Async
		@TelemetryListener(events = "x", async = true)
		void on() {
		}

	}

	@Async
	@Retention(RetentionPolicy.RUNTIME)
	@interface InBackground {

	}

	static class ComposedAsync {

		@InBackground
		@TelemetryListener("x")
		void on() {
		}

	}

	static class SpringAsyncStage {

		@Async
		@TelemetryListener("x")
		CompletionStage<Void> on() {
			return CompletableFuture.completedFuture(null);
		}

	}

	@Async
	static class AsyncBase {

	}

	static class SpringAsyncClass extends AsyncBase {

		@TelemetryListener("x")
		void on() {
		}

	}

	static class BlankId {

		@TelemetryListener(events = "x", id = " ")
		void on() {
		}

	}

	static class UnknownPlaceholder {

		@TelemetryListener("${no.such}")
		void on() {
		}

	}

}
