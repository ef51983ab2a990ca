package io.telemetryrouter.spring.annotation;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.FailureReport;
import io.telemetryrouter.spring.TelemetryRouterCustomizer;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

class ListenerConflictTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class));

	@Test
	void whenOverloadsHaveSameDefaultIdThenStartFailsAndAsksForId() {
		this.contextRunner.withBean("overloaded", Overloaded.class)
			.run((context) -> assertThat(FailureReport.of(context.getStartupFailure()))
				.contains("Its id 'overloaded.on' is also that of method")
				.contains("Overloaded.on(java.lang.Integer)")
				.contains("Set a different id with @TelemetryListener(id = ...)"));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenValueAndEventsDifferThenStartFails(boolean lazy) {
		this.contextRunner
			.withBean("both", ValueAndEvents.class, ValueAndEvents::new, (definition) -> definition.setLazyInit(lazy))
			.run((context) -> assertThat(FailureReport.of(context.getStartupFailure())).contains("Bean: both")
				.contains("ValueAndEvents.on(java.lang.String)")
				.contains("attribute 'events' and its alias 'value' are declared with values of [{b}] and [{a}]")
				.contains("Set only one of 'value' and 'events'"));
	}

	@Test
	void whenValueAndEventsAreTheSameThenMethodListens() {
		this.contextRunner.withBean("both", SameValueAndEvents.class)
			.run((context) -> assertThat(context.getBean(TelemetryRouter.class).snapshot().handlers())
				.containsOnlyKeys("both.on"));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenMethodIsOfFactoryBeanThenStartFails(boolean lazy) {
		this.contextRunner
			.withBean("made", ListeningFactory.class, ListeningFactory::new,
					(definition) -> definition.setLazyInit(lazy))
			.run((context) -> assertThat(FailureReport.of(context.getStartupFailure())).contains("Bean: made")
				.contains("ListeningFactory.on(java.lang.String)")
				.contains("It is a method of the FactoryBean, not of the object that it creates.")
				.contains("Move it to a bean of its own."));
	}

	@Test
	void whenTwoBeansGiveSameIdThenStartFailsAndNamesBoth() {
		this.contextRunner.withBean("first", NamedListener.class)
			.withBean("second", NamedListener.class)
			.run((context) -> assertThat(FailureReport.of(context.getStartupFailure())).contains("Bean: second")
				.contains("Its id 'audit' is also that of method")
				.contains("of bean 'first'"));
	}

	@Test
	void whenProgrammaticHandlerHasSameIdThenStartFails() {
		this.contextRunner.withBean("listener", NamedListener.class)
			.withUserConfiguration(ProgrammaticHandler.class)
			.run((context) -> assertThat(FailureReport.of(context.getStartupFailure())).contains("audit")
				.contains("Set a different id"));
	}

	@Test
	void whenCustomizerRejectsHandlerThenStartFailsAndDoesNotBlameTheId() {
		this.contextRunner.withBean("listener", NamedListener.class)
			.withBean(TelemetryRouterCustomizer.class, () -> (builder) -> builder.specCustomizer((spec) -> {
				throw new IllegalArgumentException("No 'audit' here");
			}))
			.run((context) -> assertThat(FailureReport.of(context.getStartupFailure())).contains("No 'audit' here")
				.contains("HandlerSpecCustomizer")
				.doesNotContain("Set a different id"));
	}

	@Test
	void whenProxiesAreInterfaceBasedAndMethodIsInNoneThenStartFails() {
		this.contextRunner.withBean("proxied", Object.class, () -> proxy(new OfClassOnly(), false))
			.run((context) -> assertThat(FailureReport.of(context.getStartupFailure()))
				.contains("none of its interfaces has the method")
				.contains("spring.aop.proxy-target-class"));
	}

	@Test
	void whenMethodOfProxiedBeanIsPrivateThenStartFails() {
		this.contextRunner.withBean("proxied", Object.class, () -> proxy(new PrivateMethod(), true))
			.run((context) -> assertThat(FailureReport.of(context.getStartupFailure()))
				.contains("cannot override a private method")
				.contains("Make the method package-private or public"));
	}

	@Test
	void whenMethodOfProxiedBeanIsFinalThenStartFails() {
		this.contextRunner.withBean("proxied", Object.class, () -> proxy(new FinalMethod(), true))
			.run((context) -> assertThat(FailureReport.of(context.getStartupFailure()))
				.contains("cannot override a final method")
				.contains("Make the method non-final"));
	}

	static Object proxy(Object target, boolean ofClass) {
		ProxyFactory factory = new ProxyFactory(target);
		factory.setProxyTargetClass(ofClass);
		return factory.getProxy();
	}

	@Configuration(proxyBeanMethods = false)
	static class ProgrammaticHandler {

		@Bean
		Object subscriber(TelemetryRouter router) {
			return router.subscribe(io.telemetryrouter.HandlerSpec.on("x").id("audit").handler((name, payload) -> {
			}).build());
		}

	}

	static class Overloaded {

		@TelemetryListener("x")
		void on(Integer payload) {
		}

		@TelemetryListener("x")
		void on(List<@Nullable String> payload) {
		}

	}

	static class NamedListener {

		@TelemetryListener(events = "x", id = "audit")
		void on() {
		}

	}

	static class OfClassOnly implements Runnable {

		@Override
		public void run() {
		}

		@TelemetryListener("x")
		public void on() {
		}

	}

	static class PrivateMethod {

		@TelemetryListener("x")
		private void on() {
		}

	}

	static class FinalMethod {

		@TelemetryListener("x")
		final void on() {
		}

	}

	static class ValueAndEvents {

		@TelemetryListener(value = "a", events = "b")
		void on(String payload) {
		}

	}

	static class SameValueAndEvents {

		@TelemetryListener(value = "a", events = "a")
		void on(String payload) {
		}

	}

	static class ListeningFactory implements FactoryBean<StringBuilder> {

		@Override
		public StringBuilder getObject() {
			return new StringBuilder();
		}

		@Override
		public Class<?> getObjectType() {
			return StringBuilder.class;
		}

		@TelemetryListener("x")
		void on(String payload) {
		}

	}

}
