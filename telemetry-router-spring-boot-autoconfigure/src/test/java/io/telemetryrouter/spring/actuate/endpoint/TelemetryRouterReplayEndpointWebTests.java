package io.telemetryrouter.spring.actuate.endpoint;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.AuditEventRepository;
import org.springframework.boot.actuate.audit.InMemoryAuditEventRepository;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.client.RestTestClient;

import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.journal.Journal;
import io.telemetryrouter.spring.annotation.TelemetryListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TelemetryRouterReplayEndpoint} over HTTP.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = {
		"management.endpoints.web.exposure.include=telemetryrouterreplay",
		"management.endpoint.telemetryrouterreplay.access=unrestricted", "telemetry-router.journal.enabled=true",
		"telemetry-router.journal.mode=sync",
		"spring.autoconfigure.exclude=org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration,"
				+ "org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration" })
@AutoConfigureRestTestClient
@ExtendWith(OutputCaptureExtension.class)
@DirtiesContext
class TelemetryRouterReplayEndpointWebTests {

	@TempDir
	static Path directory;

	@Autowired
	private RestTestClient client;

	@Autowired
	private TelemetryRouter router;

	@Autowired
	private Listeners listeners;

	@Autowired
	private AuditEventRepository audit;

	@Autowired
	private Journal journal;

	@DynamicPropertySource
	static void journal(DynamicPropertyRegistry registry) {
		registry.add("telemetry-router.journal.directory", () -> directory.toString());
	}

	private RestTestClient.ResponseSpec post(String body) {
		return this.client.post()
			.uri("/actuator/telemetryrouterreplay")
			.contentType(MediaType.APPLICATION_JSON)
			.body(body)
			.exchange();
	}

	@Test
	void whenOperatorReplaysThenSelectedEventsAreHandledAgainAndATrailIsLeft(CapturedOutput output) {
		Instant start = Instant.now();
		this.router.emit("order.paid", 1);
		this.router.emit("order.paid", 2);
		this.router.emit("nobody", 3);
		this.listeners.replayed.clear();
		post("{\"names\": \"order.*,nobody\"}").expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.replayed")
			.isEqualTo(2)
			.jsonPath("$.unhandled")
			.isEqualTo(1)
			.jsonPath("$.problems[0]")
			.isEqualTo("Event 'nobody': no handler has opted in to its replay");
		assertThat(this.listeners.replayed).containsExactly(1, 2);
		assertThat(this.listeners.others).isZero();
		long second = this.journal.status().lastSequence() - 1;
		post("""
				{"names": "order.*,x", "firstSequence": %d, "lastSequence": %d, "paced": true,
				 "from": "%s", "to": "2100-01-01T00:00:00+01:00"}""".formatted(second, second, start)).expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.replayed")
			.isEqualTo(1);
		assertThat(this.listeners.replayed).containsExactly(1, 2, 2);
		post("{\"run\": \"unknown\"}").expectStatus().isOk().expectBody().jsonPath("$.replayed").isEqualTo(0);
		assertThat(output).contains("An operator without a name replayed the journal to all telemetry handlers"
				+ " that opted in; events: 2");
		assertThat(this.audit.find(null, start, OperatorTrail.AUDIT_EVENT_TYPE)).extracting(AuditEvent::getData)
			.contains(Map.of("operation", "replay"));
	}

	@Test
	void whenRequestIsMalformedThenTheAnswerSaysWhy() {
		post("{\"names\": \"a*\"}").expectStatus()
			.isBadRequest()
			.expectBody()
			.jsonPath("$.error")
			.value((error) -> assertThat(error).asString().contains("a*"));
		post("{\"from\": \"yesterday\"}").expectStatus().isBadRequest();
	}

	@Test
	void whenAReplayIsRunningThenAnotherOneIsRefused() throws Exception {
		this.router.emit("slow", 1);
		CompletableFuture<Void> first = CompletableFuture
			.runAsync(() -> post("{\"names\": \"slow\"}").expectStatus().isOk());
		assertThat(this.listeners.begun.await(30, TimeUnit.SECONDS)).isTrue();
		post("{\"names\": \"nobody\"}").expectStatus().isEqualTo(409);
		this.listeners.goOn.countDown();
		first.get(30, TimeUnit.SECONDS);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class TestApplication {

		@Bean
		Listeners listeners() {
			return new Listeners();
		}

		@Bean
		AuditEventRepository auditEventRepository() {
			return new InMemoryAuditEventRepository();
		}

	}

	static class Listeners {

		final List<@Nullable Object> replayed = Collections.synchronizedList(new ArrayList<>());

		final CountDownLatch begun = new CountDownLatch(1);

		final CountDownLatch goOn = new CountDownLatch(1);

		volatile int others;

		@TelemetryListener(events = "order.*", replay = true)
		void onOrder(TelemetryEvent<Integer> event) {
			this.replayed.add(event.payload());
		}

		@TelemetryListener("order.*")
		void onEmitted(TelemetryEvent<?> event) {
			if (event.replayed()) {
				this.others++;
			}
		}

		@TelemetryListener(events = "slow", replay = true)
		void onSlow(TelemetryEvent<?> event) throws InterruptedException {
			if (event.replayed()) {
				this.begun.countDown();
				assertThat(this.goOn.await(30, TimeUnit.SECONDS)).isTrue();
			}
		}

	}

}
