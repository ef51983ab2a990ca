package io.telemetryrouter.spring.actuate.endpoint;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.web.servlet.client.RestTestClient;

import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.test.StubRouter;

/**
 * Tests for {@link TelemetryRouterEndpoint} and the other views over HTTP, in an
 * application that does not configure the exposure of endpoints.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = "management.endpoint.health.show-details=always")
@AutoConfigureRestTestClient
class TelemetryRouterEndpointWebTests {

	@Autowired
	private RestTestClient client;

	@Test
	void routerIsShownWithoutAnyConfiguration() {
		this.client.get()
			.uri("/actuator/telemetryrouter")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.handlers.total")
			.isEqualTo(2)
			.jsonPath("$.events['tool.execution'].emitted")
			.isEqualTo(20)
			.jsonPath("$.handlerDetails['audit.onAny'].queue.size")
			.isEqualTo(3)
			.jsonPath("$.handlerDetails['tools'].queue")
			.doesNotExist();
	}

	@Test
	void handlerWithDotsInItsIdIsShown() {
		this.client.get()
			.uri("/actuator/telemetryrouter/audit.onAny")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.pattern")
			.isEqualTo("**")
			.jsonPath("$.dropped.queue_full")
			.isEqualTo(1);
	}

	@Test
	void unknownHandlerIsNotFound() {
		this.client.get().uri("/actuator/telemetryrouter/audit.nobody").exchange().expectStatus().isNotFound();
	}

	@Test
	void endpointCannotBeWrittenTo() {
		this.client.post().uri("/actuator/telemetryrouter/audit.onAny").exchange().expectStatus().is4xxClientError();
		this.client.delete().uri("/actuator/telemetryrouter/audit.onAny").exchange().expectStatus().is4xxClientError();
	}

	@Test
	void healthHasComponent() {
		this.client.get()
			.uri("/actuator/health")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.components.telemetryRouter.status")
			.isEqualTo("UP")
			.jsonPath("$.components.telemetryRouter.details.queued")
			.isEqualTo(3);
	}

	@Test
	void otherEndpointsAreNotExposed() {
		this.client.get().uri("/actuator/env").exchange().expectStatus().isNotFound();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class TestApplication {

		@Bean
		TelemetryRouter telemetryRouter() {
			return new StubRouter()
				.handler(StubRouter.async("audit.onAny", List.of("**"), StubRouter.account(24, 20, 0, 0, 1, 3),
						Duration.ofMillis(5), null))
				.handler(StubRouter.sync("tools", "tool.execution", StubRouter.account(20, 20, 0, 0, 0, 0)))
				.event(StubRouter.event("tool.execution", 20, 0, "tools", "audit.onAny"))
				.router();
		}

	}

}
