package io.telemetryrouter.spring.absence;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.ClassUtils;

import io.telemetryrouter.EmitOutcome;
import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.spring.annotation.TelemetryListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Starts an application without any optional partner on the class path. Run by a separate
 * Surefire execution, which excludes their jars.
 */
@EnabledIfSystemProperty(named = "absence-test", matches = "true")
class OptionalPartnersAbsentTests {

	@ParameterizedTest
	@ValueSource(strings = { "org.springframework.boot.actuate.endpoint.annotation.Endpoint",
			"org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint",
			"org.springframework.boot.health.contributor.HealthIndicator",
			"io.micrometer.core.instrument.MeterRegistry", "io.micrometer.observation.Observation",
			"io.micrometer.context.ContextSnapshotFactory", "org.reactivestreams.Publisher",
			"reactor.core.publisher.Mono", "jakarta.validation.Validator", "tools.jackson.databind.ObjectMapper",
			"com.github.victools.jsonschema.generator.SchemaGenerator", "org.springframework.ai.chat.model.ChatModel",
			"org.springframework.ai.chat.client.ChatClient", "dev.langchain4j.service.AiServices",
			"dev.langchain4j.model.chat.ChatModel" })
	void whenPartnerIsLeftOutThenItIsNotOnTheClassPath(String className) {
		assertThat(ClassUtils.isPresent(className, null)).isFalse();
	}

	@Test
	void whenPartnersAreAbsentThenApplicationStartsAndRoutes() throws Exception {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		try (ConfigurableApplicationContext context = application.run()) {
			EmitOutcome outcome = context.getBean(TelemetryEmitter.class).emitAsync("x", "a").get(10, TimeUnit.SECONDS);
			assertThat(outcome.handled()).isEqualTo(2);
			assertThat(context.getBean(Listener.class).received).containsExactlyInAnyOrder("sync a", "async a");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Listener listener() {
			return new Listener();
		}

	}

	static class Listener {

		final List<String> received = new CopyOnWriteArrayList<>();

		@TelemetryListener("x")
		void sync(String payload) {
			this.received.add("sync " + payload);
		}

		@TelemetryListener(events = "x", condition = "payload.length() == 1")
		CompletionStage<@Nullable Void> async(String payload) {
			return CompletableFuture.runAsync(() -> this.received.add("async " + payload));
		}

	}

}
