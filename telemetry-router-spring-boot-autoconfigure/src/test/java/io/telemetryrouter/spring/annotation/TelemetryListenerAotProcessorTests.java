package io.telemetryrouter.spring.annotation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

import org.junit.jupiter.api.Test;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotatedBeanDefinitionReader;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;

import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TelemetryListenerAotProcessor}.
 */
class TelemetryListenerAotProcessorTests {

	@Test
	@CompileWithForkedClassLoader
	void whenContextIsGeneratedThenHintsAreThereAndListenersListen() {
		generate(AotConfiguration.class, (hints, context) -> {
			assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(AotListener.class, "on")).accepts(hints);
			assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(AotListener.class, "expensive"))
				.accepts(hints);
			assertThat(RuntimeHintsPredicates.reflection().onType(Named.class)).accepts(hints);
			assertThat(RuntimeHintsPredicates.reflection()
				.onType(Priced.class)
				.withMemberCategory(MemberCategory.INVOKE_PUBLIC_METHODS)).accepts(hints);
			assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(TelemetryEvent.class, "payload"))
				.accepts(hints);
			assertThat(RuntimeHintsPredicates.reflection()
				.onType(Recorded.class)
				.withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS)).accepts(hints);
			assertThat(RuntimeHintsPredicates.reflection()
				.onType(Named.class)
				.withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS)).rejects(hints);
			TelemetryRouter router = context.getBean(TelemetryRouter.class);
			router.emit("named", new Named("a"));
			router.emit("priced", new Priced(2));
			router.emit("priced", new Priced(1));
			assertThat(context.getBean(AotListener.class).received).containsExactly("a", "2");
		});
	}

	@Test
	@CompileWithForkedClassLoader
	void whenConditionIsOnAnyPayloadThenWhatItReadsOfTheEventIsThere() {
		generate(AnyPayload.class,
				(hints, context) -> assertThat(
						RuntimeHintsPredicates.reflection().onMethodInvocation(TelemetryEvent.class, "name"))
					.accepts(hints));
	}

	private static void generate(Class<?> configuration, BiConsumer<RuntimeHints, GenericApplicationContext> check) {
		GenericApplicationContext source = new GenericApplicationContext();
		new AnnotatedBeanDefinitionReader(source).register(configuration);
		TestGenerationContext generation = new TestGenerationContext(configuration);
		var initializerName = new ApplicationContextAotGenerator().processAheadOfTime(source, generation);
		generation.writeGeneratedContent();
		TestCompiler.forSystem().with(generation).compile((compiled) -> {
			try (GenericApplicationContext context = new GenericApplicationContext()) {
				@SuppressWarnings("unchecked")
				ApplicationContextInitializer<GenericApplicationContext> initializer = compiled
					.getInstance(ApplicationContextInitializer.class, initializerName.reflectionName());
				initializer.initialize(context);
				context.refresh();
				check.accept(generation.getRuntimeHints(), context);
			}
		});
	}

	record Named(String name) {
	}

	record Priced(int cost) {
	}

	record Recorded(String text) {
	}

	@Configuration(proxyBeanMethods = false)
	@Import(TelemetryRouterAutoConfiguration.class)
	static class AotConfiguration {

		@Bean
		AotListener listener() {
			return new AotListener();
		}

	}

	@Import(TelemetryRouterAutoConfiguration.class)
	static class AnyPayload {

		@TelemetryListener(condition = "name == 'x'")
		void on(TelemetryEvent<?> event) {
		}

	}

	static class AotListener {

		final List<String> received = new ArrayList<>();

		@TelemetryListener("named")
		void on(Named named) {
			this.received.add(named.name());
		}

		@TelemetryListener(events = "recorded", replay = true)
		void replayed(Recorded recorded) {
			this.received.add(recorded.text());
		}

		@TelemetryListener(events = "priced", condition = "payload.cost > 1")
		void expensive(TelemetryEvent<Priced> event) {
			this.received.add(String.valueOf(event.payload().cost()));
		}

	}

}
