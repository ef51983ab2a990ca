package io.telemetryrouter.spring.annotation;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.support.GenericApplicationContext;

import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LateListeners}.
 */
@ExtendWith(OutputCaptureExtension.class)
class LateListenersTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class));

	@Test
	void whenTwoLateBeansHaveTheSameClassThenEachIsReported(CapturedOutput output) {
		this.contextRunner.run((context) -> {
			GenericApplicationContext source = context.getSourceApplicationContext(GenericApplicationContext.class);
			source.registerBean("one", Observer.class);
			source.registerBean("two", Observer.class);
			source.getBean("one");
			source.getBean("two");
			assertThat(reports(output)).hasSize(2);
			assertThat(output).contains("of bean 'one'").contains("of bean 'two'");
		});
	}

	@Test
	void whenAnotherBeanOfTheClassListensThenLateBeanIsReported(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(LazyConfiguration.class).run((context) -> {
			context.getBean("listening");
			context.getBean("hidden");
			assertThat(context.getBean(TelemetryRouter.class).snapshot().handlers()).containsOnlyKeys("listening.on");
			assertThat(reports(output)).singleElement().asString().contains("of bean 'hidden'");
		});
	}

	@Test
	void whenGarbageIsCollectedThenPrototypeIsNotReportedAgain(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(PrototypeConfiguration.class).run((context) -> {
			for (int i = 0; i < 3; i++) {
				context.getBean("prototype");
				System.gc();
			}
			assertThat(reports(output)).hasSize(1);
		});
	}

	@Test
	void whenLateBeansAreManyThenReportsEnd(CapturedOutput output) {
		this.contextRunner.run((context) -> {
			GenericApplicationContext source = context.getSourceApplicationContext(GenericApplicationContext.class);
			for (int i = 0; i < 100; i++) {
				source.registerBean("late" + i, Observer.class);
				source.getBean("late" + i);
			}
			assertThat(reports(output)).hasSize(20);
			assertThat(output.getOut().lines().filter((line) -> line.contains("Further beans"))).singleElement()
				.asString()
				.contains("Further beans whose @TelemetryListener methods do not listen are not reported");
		});
	}

	@Test
	void whenAnnotationOfLateBeanContradictsItselfThenOneLineSaysHowToMendIt(CapturedOutput output) {
		this.contextRunner.run((context) -> {
			GenericApplicationContext source = context.getSourceApplicationContext(GenericApplicationContext.class);
			source.registerBean("late", Contradiction.class,
					(definition) -> definition.setScope(BeanDefinition.SCOPE_PROTOTYPE));
			source.getBean("late");
			source.getBean("late");
			assertThat(warnings(output)).singleElement()
				.asString()
				.contains("LateListenersTests$Contradiction.on(java.lang.String)' of bean 'late' cannot be a telemetry"
						+ " handler: Its annotation contradicts itself: ")
				.contains("Set only one of 'value' and 'events', or correct the annotation that is composed of it.");
		});
	}

	private static List<String> warnings(CapturedOutput output) {
		return output.getOut().lines().filter((line) -> line.contains("WARN") && line.contains("of bean '")).toList();
	}

	private static List<String> reports(CapturedOutput output) {
		return output.getOut().lines().filter((line) -> line.contains("but do not listen")).toList();
	}

	static class Observer implements Runnable {

		@Override
		public void run() {
		}

		@TelemetryListener("x")
		void on(String payload) {
		}

	}

	static class Contradiction {

		@TelemetryListener(value = "x", events = "y")
		void on(String payload) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LazyConfiguration {

		@Bean
		@Lazy
		Observer listening() {
			return new Observer();
		}

		@Bean
		@Lazy
		Runnable hidden() {
			return new Observer();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PrototypeConfiguration {

		@Bean
		@Scope("prototype")
		Runnable prototype() {
			return new Observer();
		}

	}

}
