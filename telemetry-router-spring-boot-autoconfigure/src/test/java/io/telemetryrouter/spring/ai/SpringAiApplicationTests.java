package io.telemetryrouter.spring.ai;

import java.util.Map;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.ai.chat.client.ChatClient;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import io.telemetryrouter.agent.AgentRun;
import io.telemetryrouter.spring.actuate.endpoint.TelemetryRouterEndpoint;
import io.telemetryrouter.spring.ai.SpringAiFixture.Tools;
import io.telemetryrouter.spring.test.AgentEvents;
import io.telemetryrouter.spring.test.OpenAiStub;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests an application with Spring AI, all auto-configurations and one listener, and that
 * nothing it shows contains prompts or answers.
 */
@ExtendWith(OutputCaptureExtension.class)
class SpringAiApplicationTests {

	private static final String SECRET = "4111-1111-1111";

	@Test
	void whenApplicationStartsAsUsersStartItThenItsAgentIsToldAndNothingShowsContent(CapturedOutput output) {
		try (OpenAiStub stub = new OpenAiStub().toolThenText("weather", "{\"city\":\"Atlantis " + SECRET + "\"}")) {
			SpringApplication application = new SpringApplication(Application.class);
			application.setDefaultProperties(Map.of("spring.main.web-application-type", "none", "stub.url", stub.url(),
					"management.endpoint.telemetryrouter.show-values", "always"));
			application.addInitializers((context) -> context.getBeanFactory().registerSingleton("openAiStub", stub));
			try (ConfigurableApplicationContext context = application.run()) {
				String answer = context.getBean(ChatClient.class)
					.prompt("my card is " + SECRET)
					.tools(new Tools())
					.call()
					.content();
				assertThat(answer).isEqualTo("done");
				AgentRun.Completed run = context.getBean(AgentEvents.class).single(AgentRun.Completed.class);
				assertThat(run.totals().toolCalls()).isEqualTo(1);
				MeterRegistry registry = context.getBean(MeterRegistry.class);
				assertThat(registry.get("telemetry.router.agent.tokens").tag("direction", "input").counter().count())
					.isEqualTo(22);
				assertThat(registry.getMeters().toString()
						+ registry.getMeters().stream().map((meter) -> meter.getId()).toList())
					.doesNotContain(SECRET);
				assertThat(
						JsonMapper.shared().writeValueAsString(context.getBean(TelemetryRouterEndpoint.class).router()))
					.contains("tool.call.completed")
					.doesNotContain(SECRET);
				assertThat(context.getBean(AgentEvents.class).all().toString()).doesNotContain(SECRET);
			}
		}
		assertThat(output).doesNotContain(SECRET);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(SpringAiFixture.Application.class)
	static class Application {

		@Bean
		MeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

	}

}
