package io.telemetryrouter.spring.actuate.endpoint;

import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.client.RestTestClient;

import io.telemetryrouter.TelemetryRouter;

/**
 * Tests that runs are read over HTTP, in an application with a journal.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "telemetry-router.journal.enabled=true",
				"management.endpoint.telemetryrouter.show-values=always" })
@AutoConfigureRestTestClient
@DirtiesContext
class RunEndpointWebTests {

	@TempDir
	static Path directory;

	@Autowired
	private RestTestClient client;

	@Autowired
	private TelemetryRouter router;

	@DynamicPropertySource
	static void journal(DynamicPropertyRegistry registry) {
		registry.add("telemetry-router.journal.directory", () -> directory.resolve("journal").toString());
	}

	@Test
	void whenRunIsInTheJournalThenItIsFound() {
		this.router.forRun("r 1/a").emit("model.call", "hello");
		this.router.flush(Duration.ofSeconds(30));
		this.client.get()
			.uri("/actuator/telemetryrouter/runs/r 1/a")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.runId")
			.isEqualTo("r 1/a")
			.jsonPath("$.events.length()")
			.isEqualTo(1)
			.jsonPath("$.events[0].payload")
			.isEqualTo("hello")
			.jsonPath("$.truncated")
			.isEqualTo(false);
	}

	@Test
	void whenRunIsUnknownThenItIsNotFoundAndTheReasonGiven() {
		this.client.get()
			.uri("/actuator/telemetryrouter/runs/nobody")
			.exchange()
			.expectStatus()
			.isNotFound()
			.expectBody()
			.jsonPath("$.error")
			.isEqualTo("The journal has no event of this run");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class TestApplication {

	}

}
