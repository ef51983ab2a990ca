package io.telemetryrouter.spring.autoconfigure.contracts;

import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.TypeReference;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotatedBeanDefinitionReader;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;

import io.telemetryrouter.EventType;
import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.TelemetryEventType;
import io.telemetryrouter.agent.ToolCall;
import io.telemetryrouter.spring.FailureReport;
import io.telemetryrouter.spring.annotation.TelemetryListener;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;
import io.telemetryrouter.spring.contracts.TelemetryContracts;
import io.telemetryrouter.spring.contracts.scanned.ScannedApplication;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the discovery of contracts, and that listeners that do not match them fail
 * the start.
 */
class ContractDiscoveryTests {

	@TelemetryEventType("model.response")
	record Response(String model) implements HasModel {
	}

	@TelemetryEventType("model.response")
	record OtherResponse(String model) {
	}

	interface HasModel {

		String model();

	}

	private static final String TOP_LEVEL = "io.telemetryrouter.spring.contracts.scanned.TopLevel";

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterContractsAutoConfiguration.class,
				TelemetryRouterAutoConfiguration.class))
		.withBean("responses", EventType.class, () -> EventType.of(Response.class));

	private void starts(Class<?> listener) {
		this.contextRunner.withBean(listener).run((context) -> assertThat(context).hasNotFailed());
	}

	private void fails(Class<?> listener, Consumer<String> report) {
		this.contextRunner.withBean(listener)
			.run((context) -> report.accept(FailureReport.of(failure(context.getStartupFailure()))));
	}

	private static Throwable failure(@Nullable Throwable failure) {
		assertThat(failure).isNotNull();
		return failure;
	}

	@Test
	void whenApplicationHasAnnotatedPayloadsThenTheyAreFound() {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(ScannedApplication.class)
			.web(WebApplicationType.NONE)
			.run()) {
			TelemetryContracts contracts = context.getBean(TelemetryContracts.class);
			assertThat(contracts.types()).extracting(EventType::name)
				.containsExactly("scanned.nested", "scanned.sealed", "scanned.top");
			assertThat(contracts.types()).extracting(EventType::version).containsExactly(2, 1, 1);
		}
	}

	@Test
	void whenApplicationHasAnEventTypeBeanThenItIsTheOneToInject() {
		this.contextRunner.withUserConfiguration(OwnPackage.class).run((context) -> {
			assertThat(context.getBean(TelemetryContracts.class).types()).hasSize(4);
			assertThat(context.getBean(EventType.class).name()).isEqualTo("model.response");
		});
	}

	@Test
	@CompileWithForkedClassLoader
	void whenProcessedAheadOfTimeThenFoundContractsAreBeans() {
		GenericApplicationContext source = new GenericApplicationContext();
		new AnnotatedBeanDefinitionReader(source).register(OwnPackage.class);
		TestGenerationContext generation = new TestGenerationContext(OwnPackage.class);
		var initializerName = new ApplicationContextAotGenerator().processAheadOfTime(source, generation);
		generation.writeGeneratedContent();
		assertThat(RuntimeHintsPredicates.reflection().onType(TypeReference.of(TOP_LEVEL)))
			.accepts(generation.getRuntimeHints());
		TestCompiler.forSystem().with(generation).compile((compiled) -> {
			try (GenericApplicationContext context = new GenericApplicationContext()) {
				@SuppressWarnings("unchecked")
				ApplicationContextInitializer<GenericApplicationContext> initializer = compiled
					.getInstance(ApplicationContextInitializer.class, initializerName.reflectionName());
				initializer.initialize(context);
				context.refresh();
				assertThat(context.getBean(TelemetryContracts.class).types()).extracting(EventType::name)
					.containsExactly("scanned.nested", "scanned.sealed", "scanned.top");
			}
		});
	}

	/**
	 * One bean declares its payload type; the other one has to be created, like scanned
	 * ones.
	 */
	@Test
	void whenProcessedAheadOfTimeThenPayloadsOfAllContractsCanBeReadAndWritten() {
		GenericApplicationContext source = new GenericApplicationContext();
		new AnnotatedBeanDefinitionReader(source).register(OwnPackage.class, OwnTypes.class);
		TestGenerationContext generation = new TestGenerationContext(OwnPackage.class);
		new ApplicationContextAotGenerator().processAheadOfTime(source, generation);
		for (Class<?> type : List.of(Declared.class, Detail.class, Asked.class, Circle.class,
				ScannedApplication.Nested.class)) {
			assertThat(RuntimeHintsPredicates.reflection()
				.onType(type)
				.withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS)).as(type.getSimpleName())
				.accepts(generation.getRuntimeHints());
		}
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Detail.class, "text"))
			.accepts(generation.getRuntimeHints());
	}

	record Declared(List<Detail> details) {
	}

	record Detail(String text) {
	}

	record Asked(String text) {
	}

	sealed interface Shape permits Circle {

	}

	record Circle(double radius) implements Shape {
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnTypes {

		@Bean
		EventType<Declared> declared() {
			return EventType.of("declared", Declared.class);
		}

		@Bean
		EventType<?> asked() {
			return EventType.of("asked", Asked.class);
		}

		@Bean
		EventType<Shape> sealed() {
			return EventType.of("shape", Shape.class);
		}

	}

	@Test
	void whenApplicationAddsThePackageOfAgentsThenTheirEventsHaveContracts() {
		this.contextRunner.run((context) -> assertThat(context.getBean(TelemetryContracts.class).types()).hasSize(1));
		this.contextRunner.withUserConfiguration(WithAgents.class)
			.run((context) -> assertThat(context.getBean(TelemetryContracts.class).types()).extracting(EventType::name)
				.contains("agent.run.started", "model.call.completed", "tool.call.failed", "model.response"));
	}

	@Configuration(proxyBeanMethods = false)
	@AutoConfigurationPackage(basePackageClasses = ToolCall.class)
	static class WithAgents {

	}

	@Test
	void whenTwoClassesHaveOneEventThenTheStartFailsAndNamesBoth() {
		this.contextRunner.withBean("others", EventType.class, () -> EventType.of(OtherResponse.class))
			.run((context) -> assertThat(FailureReport.of(failure(context.getStartupFailure()))).contains(
					"Event 'model.response' has two contracts", Response.class.getName(), OtherResponse.class.getName(),
					"Action: Give one of the two another event name"));
	}

	@Test
	void whenAListenerTakesAnotherTypeThenTheStartFailsAndNamesBothSides() {
		fails(WrongType.class,
				(report) -> assertThat(report).contains("Bean: ", "WrongType", "onResponse",
						"It takes payloads of type '" + OtherResponse.class.getName()
								+ "', but the contract of event 'model.response', which reaches it, is version 1 with '"
								+ Response.class.getName() + "'.",
						"Action: Take that type or a supertype"));
	}

	@Test
	void whenOnlyAPatternReachesTheListenerThenTheStartFailsAllTheSame() {
		fails(WrongPattern.class, (report) -> assertThat(report).contains("model.response", "java.lang.String"));
		fails(WrongEvent.class, (report) -> assertThat(report).contains("model.response", "java.lang.Integer"));
	}

	@Test
	void whenListenersFitThenTheApplicationStarts() {
		starts(Fitting.class);
	}

	@Test
	void whenContractsAreOffThenNothingIsChecked() {
		this.contextRunner.withBean(WrongType.class)
			.withPropertyValues("telemetry-router.contracts.mode=off")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void whenAPropertyIsUnknownThenTheStartFails() {
		this.contextRunner.withPropertyValues("telemetry-router.contracts.mod=off")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("telemetry-router.contracts.mod"));
	}

	@Configuration(proxyBeanMethods = false)
	@AutoConfigurationPackage(basePackageClasses = ScannedApplication.class)
	@ImportAutoConfiguration({ TelemetryRouterContractsAutoConfiguration.class,
			TelemetryRouterAutoConfiguration.class })
	static class OwnPackage {

	}

	static class WrongType {

		@TelemetryListener("model.response")
		void onResponse(OtherResponse response) {
		}

	}

	static class WrongPattern {

		@TelemetryListener({ "tool.*", "model.**" })
		void onAny(String event, String payload) {
		}

	}

	static class WrongEvent {

		@TelemetryListener("**")
		void onAny(TelemetryEvent<Integer> event) {
		}

	}

	static class Fitting {

		@TelemetryListener
		void declared(Response response) {
		}

		@TelemetryListener("model.*")
		void supertype(HasModel payload) {
		}

		@TelemetryListener("model.response")
		void event(TelemetryEvent<?> event) {
		}

		@TelemetryListener("**")
		void nothing() {
		}

		@TelemetryListener
		void everyText(String payload) {
		}

		@TelemetryListener("tool.*")
		void other(Integer payload) {
		}

	}

}
