package io.telemetryrouter.spring.actuate.endpoint;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import com.jayway.jsonpath.JsonPath;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.AuditEventRepository;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.web.servlet.client.RestTestClient;

import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.HandlerStatus;
import io.telemetryrouter.TelemetryRouter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the endpoint over HTTP with different users behind Spring Security. The
 * application permits reads to authenticated users and writes to operators, and disables
 * CSRF protection, as for any interface without a browser.
 */
class SecuredEndpointWebTests {

	private static final String ROOT = "/actuator/telemetryrouter";

	@Nested
	@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, classes = SecuredApplication.class,
			properties = { "management.endpoint.telemetryrouter.access=unrestricted",
					"management.endpoint.telemetryrouter.show-values=when-authorized",
					"management.endpoint.telemetryrouter.roles=OPERATOR",
					"management.endpoint.health.show-details=always" })
	@AutoConfigureRestTestClient
	@ExtendWith(OutputCaptureExtension.class)
	@DirtiesContext
	class Unrestricted {

		@Autowired
		private RestTestClient client;

		@Autowired
		private TelemetryRouter router;

		@Autowired
		private SecuredApplication.Situation situation;

		@Autowired
		private AuditEventRepository audit;

		@LocalServerPort
		private int port;

		@Test
		void whoIsUnknownIsRefused() {
			assertThat(get(this.client, ROOT, null).status()).isEqualTo(401);
			assertThat(post(this.client, ROOT, null, "flush").status()).isEqualTo(401);
			assertThat(post(this.client, ROOT + "/lane", null, "pause").status()).isEqualTo(401);
		}

		@Test
		void whoHasAnotherRoleMayReadAndNotWrite() {
			assertThat(get(this.client, ROOT, "reader").status()).isEqualTo(200);
			assertThat(post(this.client, ROOT, "reader", "flush").status()).isEqualTo(403);
			assertThat(post(this.client, ROOT + "/lane", "reader", "pause").status()).isEqualTo(403);
		}

		@Test
		void operatorPausesFlushesAndResumes() {
			long before = this.router.handlerSnapshot("lane").account().handled();
			assertThat(post(this.client, ROOT + "/lane", "operator", "pause").status()).isEqualTo(204);
			this.router.emit("lane", 1);
			String json = get(this.client, ROOT + "/lane", "reader").body();
			assertThat(JsonPath.<String>read(json, "$.status")).isEqualTo("PAUSED");
			assertThat(Instant.parse(JsonPath.read(json, "$.pausedSince"))).isBefore(Instant.now());
			assertThat(JsonPath.<Integer>read(json, "$.queue.size")).isOne();
			assertThat(post(this.client, ROOT + "/lane", "operator", "resume").status()).isEqualTo(204);
			Answer flushed = post(this.client, ROOT + "/lane", "operator", "flush");
			assertThat(flushed.status()).isEqualTo(200);
			assertThat(JsonPath.<Boolean>read(flushed.body(), "$.complete")).isTrue();
			assertThat(this.router.handlerSnapshot("lane").account().handled()).isEqualTo(before + 1);
			assertThat(post(this.client, ROOT, "operator", "flush").body()).contains("\"complete\":true");
		}

		@Test
		void operatorLeavesLinesAndAuditEvents(CapturedOutput output) {
			Instant start = Instant.now();
			post(this.client, ROOT + "/lane", "operator", "pause");
			post(this.client, ROOT + "/lane", "operator", "resume");
			post(this.client, ROOT + "/lane", "operator", "explode");
			post(this.client, ROOT + "/lane", "reader", "pause");
			post(this.client, ROOT, "operator", "resetMaxima");
			assertThat(output).contains("Operator 'operator' paused telemetry handler 'lane'")
				.contains("Operator 'operator' resumed telemetry handler 'lane'")
				.contains("Operator 'operator' reset the maxima of all telemetry handlers");
			assertThat(this.audit.find("operator", start, "TELEMETRY_ROUTER_OPERATION")).extracting(AuditEvent::getData)
				.containsExactly(Map.of("operation", "pause", "handler", "lane"),
						Map.of("operation", "resume", "handler", "lane"), Map.of("operation", "resetMaxima"));
			assertThat(this.audit.find("reader", start, "TELEMETRY_ROUTER_OPERATION")).isEmpty();
		}

		@Test
		void whenPausedHandlerHasTakenItsLastEventThenItIsResumedAllTheSame() {
			this.router.subscribe(HandlerSpec.on("some").id("last").async().once().handler((event, payload) -> {
			}).build());
			String path = ROOT + "/last";
			assertThat(post(this.client, path, "operator", "pause").status()).isEqualTo(204);
			this.router.emit("some", 1);
			assertThat(this.router.handlerSnapshot("last")).isNull();
			long handled = this.router.snapshot().retired().handled();
			assertThat(post(this.client, path, "operator", "pause").status()).isEqualTo(404);
			assertThat(post(this.client, path, "operator", "flush").status()).isEqualTo(404);
			assertThat(post(this.client, path, "operator", "resume").status()).isEqualTo(204);
			Awaitility.await()
				.untilAsserted(() -> assertThat(this.router.snapshot().retired().handled()).isEqualTo(handled + 1));
			Awaitility.await()
				.untilAsserted(() -> assertThat(post(this.client, path, "operator", "resume").status()).isEqualTo(404));
		}

		@ParameterizedTest
		@CsvSource({ "tool/shell, tool/shell", "tool/shell/, tool/shell", "a/b, a\\b",
				"com/acme/Audit, com\\acme/Audit", "c/d, c;d", "e/f, e//f", "g/h, g/../h", "50/done, 50%done",
				"mit%20Leer, mit Leer", "%C3%BCber, \u00fcber", "x%23y%3Fz, x#y?z" })
		void handlerIsFoundWhateverItsIdHas(String path, String id) {
			this.router.subscribe(HandlerSpec.on("some").id(id).async().once().handler((event, payload) -> {
			}).build());
			Answer answer = answer(
					authenticated(this.client.get().uri(URI.create(base() + ROOT + "/" + path)), "reader"));
			assertThat(answer.status()).isEqualTo(200);
			assertThat(JsonPath.<String>read(answer.body(), "$.pattern")).isEqualTo("some");
			answer = send(this.client.post().uri(URI.create(base() + ROOT + "/" + path)), "operator",
					Map.of("operation", "pause"));
			assertThat(answer.status()).isEqualTo(204);
			assertThat(this.router.handlerSnapshot(id).status()).isEqualTo(HandlerStatus.PAUSED);
			this.router.resume(id);
			this.router.emit("some", null);
		}

		private String base() {
			return "http://localhost:" + this.port;
		}

		@Test
		void operatorResetsMaxima() {
			this.router.emit("lane", 1);
			this.router.flush(Duration.ofSeconds(30));
			assertThat(this.router.handlerSnapshot("lane").latency().maxNanos()).isPositive();
			assertThat(post(this.client, ROOT + "/lane", "operator", "resetMaxima").status()).isEqualTo(204);
			assertThat(this.router.handlerSnapshot("lane").latency().maxNanos()).isZero();
			assertThat(this.router.eventSnapshot("lane").latency().maxNanos()).isPositive();
			assertThat(post(this.client, ROOT, "operator", "resetMaxima").status()).isEqualTo(204);
			assertThat(this.router.eventSnapshot("lane").latency().maxNanos()).isZero();
		}

		@ParameterizedTest
		@ValueSource(strings = { "explode", "PAUSE", "" })
		void unknownOperationIsABadRequestThatNamesTheValidOnes(String operation) {
			Answer answer = post(this.client, ROOT + "/lane", "operator", operation);
			assertThat(answer.status()).isEqualTo(400);
			assertThat(JsonPath.<String>read(answer.body(), "$.error"))
				.isEqualTo("'operation' must be one of: pause, resume, flush, release, resetMaxima");
			answer = post(this.client, ROOT, "operator", operation);
			assertThat(answer.status()).isEqualTo(400);
			assertThat(JsonPath.<String>read(answer.body(), "$.error"))
				.isEqualTo("'operation' must be one of: flush, resetMaxima");
		}

		@Test
		void missingOperationIsABadRequestToo() {
			Answer answer = send(this.client.post().uri(ROOT + "/lane"), "operator", Map.of());
			assertThat(answer.status()).isEqualTo(400);
			assertThat(answer.body()).contains("pause, resume");
		}

		@Test
		void unknownHandlerIsNotFound() {
			assertThat(post(this.client, ROOT + "/nobody", "operator", "pause").status()).isEqualTo(404);
			assertThat(get(this.client, ROOT + "/nobody", "reader").status()).isEqualTo(404);
		}

		@Test
		void sickHandlerIsSeenGoingAndComingBackWhileItsNeighbourWorks() {
			this.situation.sick.set(true);
			for (int i = 0; i < 5; i++) {
				this.router.emit("work", "VISA-4711");
			}
			String json = get(this.client, ROOT + "/sick", "reader").body();
			assertThat(JsonPath.<String>read(json, "$.status")).isEqualTo("QUARANTINED");
			assertThat(JsonPath.<Integer>read(json, "$.quarantine.skipped")).isEqualTo(2);
			assertThat(JsonPath.<Integer>read(json, "$.dropped.quarantined")).isEqualTo(2);
			assertThat(JsonPath.<List<?>>read(json, "$.failures")).hasSize(3);
			String health = get(this.client, "/actuator/health", "reader").body();
			assertThat(JsonPath.<List<String>>read(health, "$.components.telemetryRouter.details.quarantined"))
				.containsExactly("sick");
			assertThat(JsonPath.<String>read(health, "$.components.telemetryRouter.status")).isEqualTo("UP");
			// Messages are shown to operators only
			assertThat(json).doesNotContain("VISA-4711", "IllegalStateException");
			assertThat(get(this.client, ROOT, "reader").body()).doesNotContain("VISA-4711");
			assertThat(get(this.client, ROOT + "/sick", "operator").body()).contains("no card VISA-4711");
			assertThat(get(this.client, ROOT, "operator").body()).contains("no card VISA-4711");
			this.situation.sick.set(false);
			assertThat(post(this.client, ROOT + "/sick", "operator", "release").status()).isEqualTo(204);
			this.router.emit("work", "VISA-4711");
			json = get(this.client, ROOT + "/sick", "reader").body();
			assertThat(JsonPath.<String>read(json, "$.status")).isEqualTo("ACTIVE");
			assertThat(JsonPath.<Integer>read(json, "$.handled")).isOne();
			assertThat(this.router.handlerSnapshot("neighbour").account().handled()).isEqualTo(6);
		}

		@Test
		void hungHandlerIsSeenWithItsStack() {
			this.router.emit("hang", null);
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.until(() -> !this.router.handlerSnapshot("hung").stuckCalls().isEmpty());
			assertThat(get(this.client, ROOT + "/hung", "reader").body()).contains("STUCK")
				.doesNotContain("hangUp", "telemetry-router-hung");
			String json = get(this.client, ROOT + "/hung", "operator").body();
			assertThat(JsonPath.<String>read(json, "$.status")).isEqualTo("STUCK");
			assertThat(JsonPath.<List<String>>read(json, "$.stuckCalls[0].stack"))
				.anyMatch((frame) -> frame.contains("hangUp"));
			String health = get(this.client, "/actuator/health", "reader").body();
			assertThat(JsonPath.<List<String>>read(health, "$.components.telemetryRouter.details.stuck"))
				.containsExactly("hung");
			this.situation.hang.countDown();
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.until(() -> this.router.handlerSnapshot("hung").stuckCalls().isEmpty());
		}

	}

	@Nested
	@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, classes = SecuredApplication.class)
	@AutoConfigureRestTestClient
	@DirtiesContext
	class ByDefault {

		@Autowired
		private RestTestClient client;

		@Autowired
		private TelemetryRouter router;

		@Autowired
		private SecuredApplication.Situation situation;

		@Test
		void nobodyMayWrite() {
			assertThat(post(this.client, ROOT, "operator", "flush").status()).isEqualTo(405);
			assertThat(post(this.client, ROOT + "/lane", "operator", "pause").status()).isEqualTo(405);
			this.router.emit("lane", 1);
			assertThat(this.router.flush(Duration.ofSeconds(30)).complete()).isTrue();
		}

		@Test
		void nobodyIsShownMoreThanCounts() {
			this.situation.sick.set(true);
			this.router.emit("work", "VISA-4711");
			Answer answer = get(this.client, ROOT + "/sick", "operator");
			assertThat(answer.body()).contains("lastFailure").doesNotContain("IllegalStateException", "VISA-4711");
		}

	}

	private static Answer get(RestTestClient client, String uri, @Nullable String user) {
		return answer(authenticated(client.get().uri(uri), user));
	}

	private static Answer post(RestTestClient client, String uri, @Nullable String user, String operation) {
		return send(client.post().uri(uri), user, Map.of("operation", operation));
	}

	private static Answer send(RestTestClient.RequestBodySpec request, @Nullable String user, Object body) {
		RestTestClient.RequestBodySpec authenticated = (user != null)
				? request.headers((headers) -> headers.setBasicAuth(user, "password")) : request;
		return answer(authenticated.contentType(MediaType.APPLICATION_JSON).body(body));
	}

	private static RestTestClient.RequestHeadersSpec<?> authenticated(RestTestClient.RequestHeadersSpec<?> request,
			@Nullable String user) {
		return (user != null) ? request.headers((headers) -> headers.setBasicAuth(user, "password")) : request;
	}

	private static Answer answer(RestTestClient.RequestHeadersSpec<?> request) {
		var result = request.exchange().expectBody().returnResult();
		byte[] body = result.getResponseBodyContent();
		return new Answer(result.getStatus().value(), new String(body, StandardCharsets.UTF_8));
	}

	private record Answer(int status, String body) {
	}

}
