package io.telemetryrouter.spring.annotation;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.FailureReport;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Tests for payload types whose type arguments are erased at run time.
 */
class ErasedPayloadTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class));

	static Stream<Arguments> conflicts() {
		return Stream.of(arguments(new ListsOfOneEvent(), "java.util.List<java.lang.String>"),
				arguments(new ExactAndPattern(), "java.util.List<java.lang.String>"),
				arguments(new TwoPatterns(), "java.util.List<java.lang.String>"),
				arguments(new Envelopes(), "java.util.List<java.lang.String>"),
				arguments(new Supertype(), "java.util.List<java.lang.String>"),
				arguments(new Nested(), "java.util.Map<java.lang.String, java.util.List<java.lang.String>>"));
	}

	@ParameterizedTest
	@MethodSource("conflicts")
	void whenErasureCannotTellPayloadsOfOneEventApartThenStartFails(Object bean, String type) {
		this.contextRunner.withBean("listener", Object.class, () -> bean)
			.run((context) -> assertThat(FailureReport.of(context.getStartupFailure())).contains("Bean: listener")
				.contains("strings(")
				.contains("Its payload type '" + type + "' cannot be told apart from '")
				.contains("of method '")
				.contains("numbers(")
				.contains("at run time both are '")
				.contains("Listen to different events, take 'java.util."));
	}

	@Test
	void whenBeansDifferThenStartFailsAllTheSame() {
		this.contextRunner.withBean("one", Numbers.class)
			.withBean("two", Strings.class)
			.run((context) -> assertThat(FailureReport.of(context.getStartupFailure())).contains("Bean: two")
				.contains("of bean 'one'"));
	}

	@Test
	void whenTypeAloneSelectsAndItsArgumentsAreErasedThenStartFails() {
		this.contextRunner.withBean("listener", Nameless.class)
			.run((context) -> assertThat(FailureReport.of(context.getStartupFailure()))
				.contains("It names no event, so every event with a 'java.util.List' would reach it,"
						+ " whatever the elements: 'java.util.List<java.lang.String>' is erased at run time.")
				.contains("Name the event, take 'java.util.List<?>', or wrap the payload in a record."));
	}

	@Test
	void whenTypesCanBeOfOnePayloadOrEventsDifferThenEachListens() {
		this.contextRunner.withBean("listener", Compatible.class).run((context) -> {
			assertThat(context).hasNotFailed();
			context.getBean(TelemetryRouter.class).emit("x", List.of("a"));
			assertThat(context.getBean(Compatible.class).events).containsExactlyInAnyOrder("strings", "any", "objects",
					"text", "raw");
		});
	}

	static class Numbers {

		@TelemetryListener("x")
		void numbers(List<Integer> payload) {
		}

	}

	static class Strings {

		@TelemetryListener("x")
		void strings(List<String> payload) {
		}

	}

	static class ListsOfOneEvent extends Numbers {

		@TelemetryListener({ "y", "x" })
		void strings(List<String> payload) {
		}

	}

	static class ExactAndPattern {

		@TelemetryListener("tool.batch.ended")
		void numbers(List<Integer> payload) {
		}

		@TelemetryListener("tool.**")
		void strings(List<String> payload) {
		}

	}

	static class TwoPatterns {

		@TelemetryListener("*.batch")
		void numbers(List<Integer> payload) {
		}

		@TelemetryListener("tool.*")
		void strings(List<String> payload) {
		}

	}

	static class Envelopes {

		@TelemetryListener("x")
		void numbers(String event, List<? extends Number> payload) {
		}

		@TelemetryListener("x")
		void strings(TelemetryEvent<List<String>> event) {
		}

	}

	static class Supertype {

		@TelemetryListener("x")
		void numbers(Collection<Integer> payload) {
		}

		@TelemetryListener("x")
		void strings(List<String> payload) {
		}

	}

	static class Nested {

		@TelemetryListener("x")
		void numbers(Map<String, List<Integer>> payload) {
		}

		@TelemetryListener("x")
		void strings(Map<String, List<String>> payload) {
		}

	}

	static class Nameless {

		@TelemetryListener
		void strings(List<String> payload) {
		}

	}

	@SuppressWarnings("rawtypes")
	static class Compatible extends Received {

		@TelemetryListener("x")
		void strings(List<String> payload) {
			add("strings");
		}

		@TelemetryListener("x")
		void text(List<? extends CharSequence> payload) {
			add("text");
		}

		@TelemetryListener("x")
		void any(List<?> payload) {
			add("any");
		}

		@TelemetryListener("x")
		void objects(Collection<Object> payload) {
			add("objects");
		}

		@TelemetryListener("x")
		void raw(List payload) {
			add("raw");
		}

		@TelemetryListener("x")
		void sets(Set<Integer> payload) {
			add("sets");
		}

		@TelemetryListener("enums")
		void enums(List<Enum> payload) {
		}

		@TelemetryListener("enums")
		void sameEnums(List<Enum> payload) {
		}

		@TelemetryListener("y")
		void numbers(List<Integer> payload) {
			add("numbers");
		}

		@TelemetryListener("*.x")
		void numbersElsewhere(List<Integer> payload) {
			add("numbers elsewhere");
		}

		@TelemetryListener
		void nameless(List<?> payload) {
		}

	}

}
