package io.telemetryrouter.spring.actuate.endpoint;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.jackson.EndpointJsonMapper;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.actuate.autoconfigure.endpoint.jackson.JacksonEndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;

import io.telemetryrouter.DanglingSpan;
import io.telemetryrouter.FailureSnapshot;
import io.telemetryrouter.SpanSnapshot;
import io.telemetryrouter.FlushResult;
import io.telemetryrouter.HandlerStatus;
import io.telemetryrouter.QuarantineSnapshot;
import io.telemetryrouter.StuckCall;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.test.StubRouter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;

/**
 * Tests for {@link TelemetryRouterEndpoint}.
 */
class TelemetryRouterEndpointTests {

	private final StubRouter stub = new StubRouter()
		.handler(StubRouter.sync("toolLatency.onTool", "tool_execution", StubRouter.account(592, 592, 0, 0, 0, 0)))
		.handler(StubRouter.async("audit.onAny", List.of("**"), StubRouter.account(12, 5, 1, 2, 1, 3),
				Duration.ofMillis(1500),
				new FailureSnapshot("run.end", "java.lang.IllegalStateException", Instant.parse("2026-01-02T03:04:05Z"),
						"no card VISA-4711")))
		.handler(StubRouter.once("first", "run.*"))
		.event(StubRouter.event("tool_execution", 592, 0, "toolLatency.onTool", "audit.onAny"))
		.event(StubRouter.event("nobody.cares", 20, 20))
		.retired(StubRouter.account(4, 3, 0, 0, 1, 0))
		.held(2)
		.spans(new SpanSnapshot(3, 1, List.of(new DanglingSpan("00000000000000ff", "tool.call", "r1",
				Instant.parse("2026-01-02T03:04:05Z"), Duration.ofMinutes(10), true))));

	private final TelemetryRouterEndpoint endpoint = new TelemetryRouterEndpoint(this.stub.router());

	@Test
	void totalsCountHandlersByKind() {
		assertThat(this.endpoint.router().handlers()).isEqualTo(new HandlerTotals(3, 2, 1, 1, 2));
	}

	@Test
	void jsonOfRouterHasTheDocumentedShape() {
		JsonNode json = json(this.endpoint.router());
		assertThat(json.propertyNames()).containsExactly("handlers", "events", "handlerDetails", "retired", "held",
				"spans", "defaults");
		assertThat(json.get("handlers"))
			.isEqualTo(parse("{'total': 3, 'sync': 2, 'async': 1, 'once': 1, 'wildcard': 2}"));
		assertThat(json.get("events").get("tool_execution")).isEqualTo(
				parse("""
						{'emitted': 592, 'unhandled': 0, 'slow': 59, 'handlers': ['toolLatency.onTool', 'audit.onAny'],
						'latency': {'count': 592, 'meanMicros': 2.0, 'p50Micros': 1.9, 'p99Micros': 11.8, 'maxMicros': 592.0}, 'lastSeen': '2026-01-02T03:04:06Z'}
						"""));
		assertThat(json.get("handlerDetails").propertyNames()).containsExactly("toolLatency.onTool", "audit.onAny",
				"first");
		assertThat(json.get("retired")).isEqualTo(parse("""
				{'offered': 4, 'handled': 3, 'failed': 0, 'filtered': 0, 'running': 0, 'dropped': {'queue_full': 1,
				'type_mismatch': 0, 'closed': 0, 'shutdown_timeout': 0, 'unsubscribed': 0, 'recursion': 0,
				'quarantined': 0, 'paused': 0, 'condition_failed': 0, 'not_started': 0, 'not_journalled': 0}}"""));
		assertThat(json.get("held").asInt()).isEqualTo(2);
		assertThat(json.get("spans")).isEqualTo(parse("""
				{'open': 3, 'dangling': 1, 'latest': [{'name': 'tool.call', 'spanId': '00000000000000ff',
				'runId': 'r1', 'startedAt': '2026-01-02T03:04:05Z', 'ageMicros': 600000000.0, 'abandoned': true}]}
				"""));
		assertThat(json.get("defaults"))
			.isEqualTo(parse("{'maxHandlerQueue': 1000, 'priority': 0, 'overflow': 'DROP_NEWEST'}"));
	}

	@Test
	void jsonOfAsyncHandlerHasQueueAndLastFailure() {
		assertThat(json(this.endpoint.handler("audit.onAny"))).isEqualTo(
				parse("""
						{'pattern': '**', 'patterns': ['**'], 'condition': 'payload.cost > 1', 'source': 'com.example.Observers.onAny(Object)', 'mode': 'ASYNC', 'priority': 10, 'concurrency': 1,
						'overflow': 'DROP_NEWEST', 'thread': 'PLATFORM', 'offered': 12, 'handled': 5, 'failed': 1,
						'filtered': 2, 'running': 0, 'dropped': {'queue_full': 1, 'type_mismatch': 0, 'closed': 0,
						'shutdown_timeout': 0, 'unsubscribed': 0, 'recursion': 0, 'quarantined': 0, 'paused': 0, 'condition_failed': 0, 'not_started': 0, 'not_journalled': 0},
						'queue': {'size': 3, 'spilled': 0, 'capacity': 8, 'oldestAgeMicros': 1500000.0},
						'latency': {'count': 5, 'meanMicros': 2.0, 'p50Micros': 1.9, 'p99Micros': 11.8, 'maxMicros': 5.0},
						'queueWait': {'count': 5, 'meanMicros': 2.0, 'p50Micros': 1.9, 'p99Micros': 11.8, 'maxMicros': 5.0},
						'slow': 3, 'lastSeen': '2026-01-02T03:04:06Z', 'status': 'ACTIVE',
						'lastFailure': {'event': 'run.end', 'at': '2026-01-02T03:04:05Z'}, 'failures': [{'event': 'run.end', 'at': '2026-01-02T03:04:05Z'}]}
						"""));
	}

	@Test
	void jsonOfSyncHandlerHasNoQueueAndWithoutFailureNoLastFailure() {
		assertThat(json(this.endpoint.handler("toolLatency.onTool")).propertyNames()).containsExactly("pattern",
				"patterns", "source", "mode", "priority", "concurrency", "offered", "handled", "failed", "filtered",
				"running", "dropped", "latency", "slow", "status");
	}

	@Test
	void whenApplicationsOwnMapperIsUsedThenSyncHandlerHasNoQueueEither() {
		String json = new JsonMapper().writeValueAsString(this.endpoint.handler("toolLatency.onTool"));
		assertThat(json).contains("\"handled\"").doesNotContain("queue\"", "queueWait", "lastFailure");
	}

	@Test
	void whenValuesAreShownThenFailuresHaveTheirTypesAndMessages() {
		TelemetryRouterEndpoint showing = new TelemetryRouterEndpoint(this.stub.router(), Show.ALWAYS);
		assertThat(json(showing.handler("audit.onAny")).get("failures")).isEqualTo(parse("""
				[{'event': 'run.end', 'type': 'java.lang.IllegalStateException', 'at': '2026-01-02T03:04:05Z',
				'message': 'no card VISA-4711'}]
				"""));
		assertThat(json(this.endpoint.router()).toString()).doesNotContain("VISA-4711");
		assertThat(json(showing.router()).toString()).contains("VISA-4711");
	}

	@Test
	void jsonOfTroubledHandlerHasQuarantineAndStuckCalls() {
		Instant since = Instant.parse("2026-01-02T03:04:05Z");
		this.stub.handler(StubRouter.troubled("troubled", HandlerStatus.STUCK,
				new QuarantineSnapshot(since, since.plusSeconds(4), 2, 17), new StuckCall("worker-1", "event", since,
						List.of(new StackTraceElement("Some", "where", "Some.java", 7)), true)));
		JsonNode json = json(this.endpoint.handler("troubled"));
		assertThat(json.get("status").asString()).isEqualTo("STUCK");
		assertThat(json.get("quarantine")).isEqualTo(parse("""
				{'since': '2026-01-02T03:04:05Z', 'nextAttempt': '2026-01-02T03:04:09Z', 'times': 2, 'skipped': 17}
				"""));
		assertThat(json.get("stuckCalls")).isEqualTo(parse("""
				[{'event': 'event', 'since': '2026-01-02T03:04:05Z', 'abandoned': true}]
				"""));
		TelemetryRouterEndpoint showing = new TelemetryRouterEndpoint(this.stub.router(), Show.ALWAYS);
		assertThat(json(showing.handler("troubled")).get("stuckCalls")).isEqualTo(parse("""
				[{'thread': 'worker-1', 'event': 'event', 'since': '2026-01-02T03:04:05Z', 'abandoned': true,
				'stack': ['Some.where(Some.java:7)']}]
				"""));
	}

	@Test
	void operationsReachTheRouter() {
		TelemetryRouter router = this.stub.router();
		given(router.flush("first", Duration.ofSeconds(10))).willReturn(new FlushResult(false, Map.of("first", 3L)));
		given(router.flush(Duration.ofSeconds(10))).willReturn(new FlushResult(true, Map.of()));
		given(router.pause("first")).willReturn(true);
		for (String operation : new String[] { "pause", "resume", "release", "resetMaxima" }) {
			assertThat(this.endpoint.operateHandler(new String[] { "first" }, operation)).isNull();
		}
		then(router).should().pause("first");
		then(router).should().resume("first");
		then(router).should().release("first");
		then(router).should().resetMaxima("first");
		assertThat(json(this.endpoint.operateHandler(new String[] { "first" }, "flush")))
			.isEqualTo(parse("{'complete': false, 'pendingByHandler': {'first': 3}}"));
		assertThat(this.endpoint.operate("resetMaxima")).isNull();
		then(router).should().resetMaxima();
		assertThat(json(this.endpoint.operate("flush"))).isEqualTo(parse("{'complete': true, 'pendingByHandler': {}}"));
	}

	@Test
	void unknownOperationIsRefusedNamingThoseThereAre() {
		assertThatExceptionOfType(InvalidEndpointRequestException.class)
			.isThrownBy(() -> this.endpoint.operateHandler(new String[] { "first" }, "secret"))
			.withMessage("'operation' must be one of: pause, resume, flush, release, resetMaxima");
		assertThatExceptionOfType(InvalidEndpointRequestException.class)
			.isThrownBy(() -> this.endpoint.operate("pause"))
			.withMessage("'operation' must be one of: flush, resetMaxima");
	}

	@Test
	void severalPatternsAreListedAndJoined() {
		this.stub.handler(StubRouter.async("two", List.of("a.*", "b"), StubRouter.account(0, 0, 0, 0, 0, 0),
				Duration.ZERO, null));
		assertThat(this.endpoint.handler("two")).isInstanceOfSatisfying(HandlerDescriptor.class, (handler) -> {
			assertThat(handler.pattern()).isEqualTo("a.*, b");
			assertThat(handler.patterns()).containsExactly("a.*", "b");
		});
	}

	@Test
	void unknownHandlerIsNull() {
		assertThat(this.endpoint.handler("nobody")).isNull();
	}

	private JsonNode parse(String json) {
		return new JsonMapper().readTree(json.replace('\'', '"'));
	}

	/**
	 * Writes JSON as Spring Boot does for the actuator.
	 */
	private JsonNode json(OperationResponseBody body) {
		JsonNode[] json = new JsonNode[1];
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(JacksonEndpointAutoConfiguration.class))
			.run((context) -> {
				JsonMapper mapper = context.getBean(EndpointJsonMapper.class).get();
				json[0] = new JsonMapper().readTree(mapper.writeValueAsString(body));
			});
		return json[0];
	}

}
