package io.telemetryrouter.spring.actuate.endpoint;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import com.jayway.jsonpath.DocumentContext;
import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.micrometer.metrics.test.autoconfigure.AutoConfigureMetrics;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.web.servlet.client.RestTestClient;

import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.TelemetryRouter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that endpoint, meters and health of a router with real events agree over HTTP.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "management.endpoint.health.show-details=always",
				"management.endpoints.web.exposure.include=health,prometheus,telemetryrouter",
				// Meters of agents have event names as well
				"telemetry-router.agent.spring-ai.enabled=false", "telemetry-router.agent.langchain4j.enabled=false",
				"telemetry-router.max-event-tags=2" })
@AutoConfigureRestTestClient
@AutoConfigureMetrics
class RoutedEndpointWebTests {

	@Autowired
	private RestTestClient client;

	@Autowired
	private TelemetryRouter router;

	@Test
	void endpointMetersAndHealthAgree() {
		for (int i = 0; i < 600; i++) {
			this.router.emit("event." + i % 3, (i % 4 != 0) ? "a secret" : null);
		}
		assertThat(this.router.flush(Duration.ofSeconds(10)).complete()).isTrue();
		DocumentContext json = JsonPath.parse(get("/actuator/telemetryrouter"));
		String prometheus = get("/actuator/prometheus");
		String health = get("/actuator/health");
		assertThat(json.read("$.events['event.0'].emitted", Integer.class)).isEqualTo(200);
		assertThat(prometheus.lines()).contains("telemetry_router_dispatch_seconds_count{event=\"event.0\"} 200",
				"telemetry_router_dispatch_seconds_count{event=\"event.1\"} 200",
				"telemetry_router_dispatch_seconds_count{event=\"_other\"} 200");
		for (String id : new String[] { "audit.onAny", "picky" }) {
			int handled = json.read("$.handlerDetails['" + id + "'].handled", Integer.class);
			int failed = json.read("$.handlerDetails['" + id + "'].failed", Integer.class);
			assertThat(handled + failed).isEqualTo(600);
			assertThat(prometheus.lines()).contains(
					"telemetry_router_handler_seconds_count{handler=\"" + id + "\",outcome=\"handled\"} " + handled,
					"telemetry_router_handler_seconds_count{handler=\"" + id + "\",outcome=\"failed\"} " + failed);
		}
		assertThat(JsonPath.<Integer>read(health, "$.components.telemetryRouter.details.handled")).isEqualTo(1050);
		assertThat(JsonPath.<Integer>read(health, "$.components.telemetryRouter.details.failed")).isEqualTo(150);
		assertThat(json.read("$.handlerDetails.picky.lastFailure.at", String.class)).isNotNull();
		assertThat(json.jsonString() + prometheus + health).doesNotContain("secret", "IllegalStateException");
	}

	private String get(String uri) {
		byte[] body = this.client.get()
			.uri(uri)
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody()
			.returnResult()
			.getResponseBodyContent();
		return new String(body, StandardCharsets.UTF_8);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class TestApplication {

		@Bean
		TelemetryRouter telemetryRouter() {
			TelemetryRouter router = TelemetryRouter.builder().build();
			router.subscribe(HandlerSpec.on("**").id("audit.onAny").async().handler((event, payload) -> {
			}).build());
			router.subscribe(HandlerSpec.on("event.*").id("picky").handler((event, payload) -> {
				if (payload == null) {
					throw new IllegalStateException("not without a secret");
				}
			}).build());
			return router;
		}

	}

}
