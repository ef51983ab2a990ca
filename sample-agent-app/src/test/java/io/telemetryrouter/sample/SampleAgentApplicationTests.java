package io.telemetryrouter.sample;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.MDC;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.sample.observe.EscalationDesk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests for the sample with the recording inside its jar.
 */
@DirtiesContext
class SampleAgentApplicationTests extends AbstractPlayTests {

	@Autowired
	private EscalationDesk escalations;

	@BeforeEach
	void awaitQuiet() {
		assertThat(this.router.flush(Duration.ofSeconds(30)).complete()).isTrue();
	}

	@Test
	void whenRecordingWasPlayedThenEveryEventIsAccountedForEverywhere() {
		assertThat(emitted()).containsKeys("agent.run.started", "user_message_received", "model.call.completed",
				"tool.call.completed", "agent.run.completed", "cost.recorded", "budget.threshold");
		assertThatAccountsBalance();
		assertThatEndpointAndMetersAgree();
		HandlerAccount failing = handler("failingExporter.export").account();
		assertThat(failing.failed()).isPositive();
		assertThat(failing.failed() + failing.dropped().get(DropReason.QUARANTINED)).isEqualTo(failing.offered());
		assertThat(handler("slowExporter.export").account().dropped().get(DropReason.QUEUE_FULL)).isPositive();
		assertThat(handler("auditLogger.onAny").account().droppedTotal()).isZero();
	}

	@Test
	void whenRunIsPostedThenItsSummaryIsAnsweredAndItsEventsAreCounted() {
		Map<String, Long> before = emitted();
		JsonNode summary = post("""
				{"run_id": "posted", "messages": [
					{"role": "user", "content": "Send my boat back"},
					{"role": "assistant", "content": null, "tool_calls": [
						{"id": "1", "type": "function", "function": {"name": "look", "arguments": "{}"}},
						{"id": "2", "type": "function", "function": {"name": "refund_booking", "arguments": "{}"}},
						{"id": "3", "type": "function", "function": {"name": "book_ferry", "arguments": "{}"}}]},
					{"role": "tool", "tool_call_id": "1", "content": "Error: no such boat"},
					{"role": "tool", "tool_call_id": "2", "content": "never given"},
					{"role": "tool", "tool_call_id": "3", "content": "booked"},
					{"role": "assistant", "content": "Done"}]}""");
		assertThat(summary.get("runId").stringValue()).isEqualTo("posted");
		assertThat(summary.get("toolExecutions").toString())
			.isEqualTo("{\"succeeded\":1,\"failed\":1,\"denied\":1,\"approval_timed_out\":0}");
		assertThat(summary.get("tokens").get("estimated").booleanValue()).isTrue();
		assertThat(summary.get("cost").decimalValue()).isPositive();
		assertThat(summary.get("budgetExhausted").booleanValue()).isFalse();
		Map<String, Long> after = emitted();
		assertThat(after.get("user_message_received") - before.get("user_message_received"))
			.isEqualTo(summary.get("userMessages").longValue())
			.isEqualTo(1);
		assertThat(after.get("model.call.completed") - before.get("model.call.completed"))
			.isEqualTo(summary.get("modelResponses").longValue())
			.isEqualTo(2);
		assertThat(after.get("tool.call.started") - before.get("tool.call.started")).isEqualTo(3);
	}

	@Test
	void whenPostedRunExhaustsItsBudgetThenItIsEscalatedOnceAndItsHandlerLeaves() {
		long before = this.escalations.escalations();
		long thresholds = emitted().get("budget.threshold");
		int handlers = this.router.snapshot().handlers().size();
		JsonNode summary = post("""
				{"run_id": "dear", "messages": [{"role": "user", "content": "%s"},
					{"role": "assistant", "content": "a"}, {"role": "assistant", "content": "b"}]}"""
			.formatted("x".repeat(50_000)));
		assertThat(summary.get("budgetExhausted").booleanValue()).isTrue();
		assertThat(emitted().get("budget.threshold") - thresholds).isEqualTo(2);
		assertThat(this.escalations.escalations()).isEqualTo(before + 1);
		assertThat(this.router.snapshot().handlers()).hasSize(handlers);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			``                                                             | JSON
			{"run_id": "secret                                             | Not valid JSON at line 1, column
			["secret"]                                                     | A run must be a JSON object
			{"run_id": "r"}                                                | 'messages' must be an array, but is missing
			{"run_id": "r", "messages": [{"role": "user", "content": {"a": "secret"}}]} | 'messages[0].content' must be
			""")
	void whenPostIsMalformedThenProblemSaysWhatIsWrongAndQuotesNothing(String body, String detail) {
		JsonNode problem = problem(send(body), HttpStatus.BAD_REQUEST);
		assertThat(problem.get("title").stringValue()).isEqualTo("Malformed run");
		assertThat(problem.get("detail").stringValue()).contains(detail);
		assertThat(problem.toString()).doesNotContain("secret");
	}

	@Test
	void whenPostIsTooLargeOrNoJsonThenThatIsAProblemToo() {
		problem(send(" ".repeat(1024 * 1024 + 1)), HttpStatus.CONTENT_TOO_LARGE);
		problem(this.client.post().uri("/agent/runs").contentType(MediaType.TEXT_PLAIN).body("x").exchange(),
				HttpStatus.UNSUPPORTED_MEDIA_TYPE);
	}

	@Test
	void whenOnlyTheStarterIsThereThenMdcReachesAsynchronousHandlers() throws Exception {
		CompletableFuture<@Nullable String> seen = new CompletableFuture<>();
		HandlerSpec<?> spec = HandlerSpec.on("mdc")
			.async()
			.once()
			.handler((event, payload) -> seen.complete(MDC.get("run")))
			.build();
		this.router.subscribe(spec);
		MDC.put("run", "r1");
		try {
			this.router.emit("mdc", null);
		}
		finally {
			MDC.remove("run");
		}
		assertThat(seen.get(10, TimeUnit.SECONDS)).isEqualTo("r1");
	}

	@Test
	void whenHealthIsAskedThenRouterShowsItsDetails() {
		JsonNode router = get("/actuator/health").get("components").get("telemetryRouter");
		assertThat(router.get("status").stringValue()).isEqualTo("UP");
		assertThat(router.get("details").size()).isPositive();
	}

	@Test
	void whenBillOfMaterialsIsAskedThenItNamesWhatTheApplicationIsMadeOf() {
		// The plugin that writes it does nothing while Maven is offline
		assumeThat(getClass().getResource("/META-INF/sbom/application.cdx.json")).isNotNull();
		assertThat(get("/actuator/sbom/application").get("components").findValuesAsString("name"))
			.contains("telemetry-router-core", "spring-boot");
	}

	@Test
	void whenEventsFlowThenNoPayloadIsLogged(CapturedOutput output) {
		post("""
				{"run_id": "quiet", "messages": [{"role": "user", "content": "my secret"},
					{"role": "assistant", "content": null, "tool_calls": [
						{"id": "1", "type": "function", "function": {"name": "look", "arguments": "secret"}}]},
					{"role": "tool", "tool_call_id": "1", "content": "Error: secret"}]}""");
		this.router.flush(Duration.ofSeconds(30));
		assertThat(output).doesNotContain("secret");
	}

	private JsonNode post(String body) {
		byte[] answer = send(body).expectStatus().isOk().expectBody().returnResult().getResponseBodyContent();
		return JsonMapper.shared().readTree(answer);
	}

	private ResponseSpec send(String body) {
		return this.client.post().uri("/agent/runs").contentType(MediaType.APPLICATION_JSON).body(body).exchange();
	}

	private static JsonNode problem(ResponseSpec response, HttpStatus status) {
		byte[] answer = response.expectStatus()
			.isEqualTo(status)
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody()
			.returnResult()
			.getResponseBodyContent();
		return JsonMapper.shared().readTree(answer);
	}

}
