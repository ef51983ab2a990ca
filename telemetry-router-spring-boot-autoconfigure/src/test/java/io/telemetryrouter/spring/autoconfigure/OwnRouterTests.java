package io.telemetryrouter.spring.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import io.telemetryrouter.HandlerErrorListener;
import io.telemetryrouter.RouterSnapshot.Defaults;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.TelemetryRouterBuilder;
import io.telemetryrouter.spring.TelemetryRouterCustomizer;
import io.telemetryrouter.spring.annotation.TelemetryListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for routers that the application defines itself.
 */
@ExtendWith(OutputCaptureExtension.class)
class OwnRouterTests {

	private static final List<Object> failures = new ArrayList<>();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class));

	@Test
	void whenOwnRouterIsBuiltWithBuilderBeanThenEverythingHolds(CapturedOutput output) {
		failures.clear();
		this.contextRunner.withUserConfiguration(BuiltWithBean.class, Extensions.class)
			.withPropertyValues("telemetry-router.max-handler-queue=7",
					"telemetry-router.handlers.listener.on.priority=4")
			.run((context) -> {
				TelemetryRouter router = context.getBean(TelemetryRouter.class);
				assertThat(router.snapshot().defaults()).isEqualTo(new Defaults(7, 12, OverflowPolicy.BLOCK));
				assertThat(router.handlerSnapshot("listener.on").priority()).isEqualTo(4);
				router.emit("x", null);
				assertThat(failures).hasSize(1);
			});
		assertThat(output).doesNotContain("has no effect").doesNotContain("have no effect");
	}

	@Test
	void whenBuilderIsAskedForTwiceThenEachIsItsOwn() {
		this.contextRunner.run((context) -> assertThat(context.getBean(TelemetryRouterBuilder.class))
			.isNotSameAs(context.getBean(TelemetryRouterBuilder.class)));
	}

	@Test
	void whenOwnRouterIsBuiltWithoutBuilderBeanThenWhatIsIgnoredIsNamedOnce(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(BuiltByHand.class, Extensions.class)
			.withPropertyValues("telemetry-router.max-handler-queue=7", "telemetry-router.max-event-tags=3",
					"telemetry-router.handlers.listener.on.priority=4", "telemetry-router.quarantine.failures=3")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output.getOut().lines().filter((line) -> line.contains("have no effect"))).singleElement()
			.asString()
			.contains("WARN")
			.contains("TelemetryRouter bean 'byHand' was not built with the TelemetryRouterBuilder bean")
			.contains("bean 'customizer', bean 'errorListener'")
			.contains("'telemetry-router.handlers.listener.on.priority', 'telemetry-router.max-handler-queue',"
					+ " 'telemetry-router.quarantine.failures'")
			.doesNotContain("max-event-tags")
			.contains("Inject TelemetryRouterBuilder and call build()");
	}

	@Test
	void whenOwnRouterIgnoresEnvironmentVariablesThenTheyAreNamed(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(BuiltByHand.class)
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
						new SystemEnvironmentPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
								Map.of("TELEMETRYROUTER_MAXDEPTH", "3", "TELEMETRYROUTER_MAXEVENTTAGS", "3",
										"TELEMETRY_ROUTER_PORT", "80", "TELEMETRY_ROUTER_EVENTS_X_PRIORITY", "4"))))
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output)
			.contains("have no effect: 'TELEMETRYROUTER_MAXDEPTH', 'TELEMETRY_ROUTER_EVENTS_X_PRIORITY'. Inject");
	}

	@Test
	void whenOwnRouterIgnoresNothingThenNothingIsSaid(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(BuiltByHand.class)
			.withPropertyValues("telemetry-router.enabled=true")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("have no effect");
	}

	@Test
	void whenRouterIsTheParentsThenWhatChildAddsIsNamed(CapturedOutput output) {
		this.contextRunner.withPropertyValues("telemetry-router.max-depth=9")
			.run((parent) -> this.contextRunner.withParent(parent)
				.withUserConfiguration(Extensions.class)
				.withInitializer((context) -> context.getEnvironment()
					.getPropertySources()
					.addFirst(new MapPropertySource("child",
							Map.of("telemetry-router.max-handler-queue", 7, "telemetry-router.max-depth", 9))))
				.run((context) -> assertThat(context).hasNotFailed()));
		assertThat(output).contains("The context uses the TelemetryRouter of its parent context")
			.contains("bean 'customizer', bean 'errorListener', 'telemetry-router.max-handler-queue'")
			.doesNotContain("max-depth'");
	}

	@Configuration(proxyBeanMethods = false)
	static class BuiltWithBean {

		@Bean
		TelemetryRouter withBean(TelemetryRouterBuilder builder) {
			return builder.defaultPriority(12).build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class BuiltByHand {

		@Bean
		TelemetryRouter byHand() {
			return TelemetryRouter.builder().build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Extensions {

		@Bean
		TelemetryRouterCustomizer customizer() {
			return (builder) -> builder.overflow(OverflowPolicy.BLOCK);
		}

		@Bean
		HandlerErrorListener errorListener() {
			return failures::add;
		}

		@Bean
		Listener listener() {
			return new Listener();
		}

	}

	static class Listener {

		@TelemetryListener("x")
		void on() {
			throw new IllegalStateException("broken");
		}

	}

}
