package io.telemetryrouter.spring.actuate.endpoint;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.AuditEventRepository;
import org.springframework.boot.actuate.audit.InMemoryAuditEventRepository;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.journal.Journal;
import io.telemetryrouter.journal.JournalMode;
import io.telemetryrouter.journal.JournalOptions;
import io.telemetryrouter.spring.annotation.TelemetryListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a replay over HTTP can be stopped. The journal's events are an hour apart.
 */
@ExtendWith(OutputCaptureExtension.class)
class ReplayStopWebTests {

	private static final String PACED = "{\"names\": \"tick\", \"paced\": true}";

	@TempDir
	Path directory;

	private ConfigurableApplicationContext context;

	private RestTestClient client;

	private Listeners listeners;

	@BeforeEach
	void start() {
		Instant[] now = { Instant.parse("2026-11-27T10:00:00Z") };
		try (Journal journal = Journal.open(JournalOptions.in(this.directory).build());
				TelemetryRouter router = TelemetryRouter.builder().clock(() -> now[0]).build()) {
			router.subscribe(journal.handler(JournalMode.SYNC));
			for (int i = 1; i <= 3; i++) {
				router.emit("tick", i);
				router.emit("slow", i);
				now[0] = now[0].plus(Duration.ofHours(1));
			}
		}
		this.context = new SpringApplicationBuilder(TestApplication.class).run("--server.port=0",
				"--management.endpoints.web.exposure.include=telemetryrouterreplay",
				"--management.endpoint.telemetryrouterreplay.access=unrestricted",
				"--telemetry-router.journal.directory=" + this.directory,
				"--spring.autoconfigure.exclude=org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration,"
						+ "org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration");
		this.client = RestTestClient.bindToServer()
			.baseUrl("http://localhost:" + this.context.getEnvironment().getProperty("local.server.port")
					+ "/actuator/telemetryrouterreplay")
			.build();
		this.listeners = this.context.getBean(Listeners.class);
	}

	@AfterEach
	void close() {
		this.listeners.goOn.countDown();
		this.context.close();
	}

	private CompletableFuture<RestTestClient.BodyContentSpec> replay(String body) {
		return CompletableFuture.supplyAsync(() -> this.client.post()
			.contentType(MediaType.APPLICATION_JSON)
			.body(body)
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody());
	}

	private RestTestClient.ResponseSpec delete() {
		return this.client.delete().exchange();
	}

	private static void assertInterrupted(CompletableFuture<RestTestClient.BodyContentSpec> replay) throws Exception {
		replay.get(30, TimeUnit.SECONDS).jsonPath("$.replayed").isEqualTo(1).jsonPath("$.interrupted").isEqualTo(true);
	}

	@Test
	void whenAPacedReplayIsStoppedThenItEndsAndATrailIsLeft(CapturedOutput output) throws Exception {
		CompletableFuture<RestTestClient.BodyContentSpec> replay = replay(PACED);
		assertThat(this.listeners.ticks.poll(30, TimeUnit.SECONDS)).isEqualTo(1);
		delete().expectStatus().isNoContent();
		assertInterrupted(replay);
		assertThat(output).contains(
				"An operator without a name stopped the replay of the journal to all telemetry handlers that opted in");
		assertThat(this.context.getBean(AuditEventRepository.class).find(null, null, OperatorTrail.AUDIT_EVENT_TYPE))
			.extracting(AuditEvent::getData)
			.contains(Map.of("operation", "stopReplay"));
		// The threads of requests are free of interrupts
		replay("{\"names\": \"tick\"}").get(30, TimeUnit.SECONDS)
			.jsonPath("$.replayed")
			.isEqualTo(3)
			.jsonPath("$.interrupted")
			.isEqualTo(false);
	}

	@Test
	void whenAHandlerIgnoresTheInterruptThenTheReplayEndsAfterIt() throws Exception {
		CompletableFuture<RestTestClient.BodyContentSpec> replay = replay("{\"names\": \"slow\"}");
		assertThat(this.listeners.begun.await(30, TimeUnit.SECONDS)).isTrue();
		delete().expectStatus().isNoContent();
		this.listeners.goOn.countDown();
		assertInterrupted(replay);
	}

	@Test
	void whenNoReplayIsRunningThenThereIsNoneToStop() {
		delete().expectStatus().isNotFound().expectBody().jsonPath("$.error").isEqualTo("No replay is running");
	}

	@Test
	void whenTheApplicationClosesThenTheReplayEnds() throws Exception {
		CompletableFuture<RestTestClient.BodyContentSpec> replay = replay(PACED);
		assertThat(this.listeners.ticks.poll(30, TimeUnit.SECONDS)).isEqualTo(1);
		this.context.close();
		assertInterrupted(replay);
	}

	@Test
	void whenAnotherContextClosesThenTheReplayGoesOn() throws Exception {
		CompletableFuture<RestTestClient.BodyContentSpec> replay = replay("{\"names\": \"slow\"}");
		assertThat(this.listeners.begun.await(30, TimeUnit.SECONDS)).isTrue();
		this.context.publishEvent(new ContextClosedEvent(new GenericApplicationContext()));
		this.listeners.goOn.countDown();
		replay.get(30, TimeUnit.SECONDS).jsonPath("$.interrupted").isEqualTo(false);
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

		final BlockingQueue<Object> ticks = new LinkedBlockingQueue<>();

		final CountDownLatch begun = new CountDownLatch(1);

		final CountDownLatch goOn = new CountDownLatch(1);

		@TelemetryListener(events = "tick", replay = true)
		void onTick(TelemetryEvent<Integer> event) {
			this.ticks.add(event.payload());
		}

		@TelemetryListener(events = "slow", replay = true)
		void onSlow(TelemetryEvent<Integer> event) {
			this.begun.countDown();
			while (this.goOn.getCount() > 0) {
				try {
					this.goOn.await();
				}
				catch (InterruptedException ex) {
					// Ignored, as some libraries do
				}
			}
		}

	}

}
