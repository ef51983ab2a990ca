package io.telemetryrouter.spring.actuate.endpoint;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.jackson.EndpointJsonMapper;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.actuate.autoconfigure.endpoint.jackson.JacksonEndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;

import io.telemetryrouter.FailureSnapshot;
import io.telemetryrouter.spring.test.StubRouter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TelemetryRouterEndpoint}.
 */
class TelemetryRouterEndpointTests {

	private final StubRouter stub = new StubRouter()
		.handler(StubRouter.sync("toolLatency.onTool", "tool_execution", StubRouter.account(592, 592, 0, 0, 0, 0)))
		.handler(StubRouter.async("audit.onAny", List.of("**"), StubRouter.account(12, 5, 1, 2, 1, 3),
				Duration.ofMillis(1500),
				new FailureSnapshot("java.lang.IllegalStateException", Instant.parse("2026-01-02T03:04:05Z"))))
		.handler(StubRouter.once("first", "run.*"))
		.event(StubRouter.event("tool_execution", 592, 0, "toolLatency.onTool", "audit.onAny"))
		.event(StubRouter.event("nobody.cares", 20, 20))
		.departed(StubRouter.account(4, 3, 0, 0, 1, 0))
		.held(2);

	private final TelemetryRouterEndpoint endpoint = new TelemetryRouterEndpoint(this.stub.router());

	@Test
	void totalsCountHandlersByKind() {
		assertThat(this.endpoint.router().handlers()).isEqualTo(new HandlerTotals(3, 2, 1, 1, 2));
	}

	@Test
	void jsonOfRouterHasTheDocumentedShape() {
		JsonNode json = json(this.endpoint.router());
		assertThat(json.propertyNames()).containsExactly("handlers", "events", "handlerDetails", "departed", "held",
				"defaults");
		assertThat(json.get("handlers"))
			.isEqualTo(parse("{'total': 3, 'sync': 2, 'async': 1, 'once': 1, 'wildcard': 2}"));
		assertThat(json.get("events").get("tool_execution")).isEqualTo(parse("""
				{'emitted': 592, 'unhandled': 0, 'slow': 59, 'handlers': ['toolLatency.onTool', 'audit.onAny'],
				'latency': {'count': 592, 'meanMicros': 2.0, 'p50Micros': 1.9, 'p99Micros': 11.8, 'maxMicros': 592.0}}
				"""));
		assertThat(json.get("handlerDetails").propertyNames()).containsExactly("toolLatency.onTool", "audit.onAny",
				"first");
		assertThat(json.get("departed")).isEqualTo(parse("""
				{'offered': 4, 'handled': 3, 'failed': 0, 'filtered': 0, 'running': 0, 'dropped': {'queue_full': 1,
				'type_mismatch': 0, 'closed': 0, 'shutdown_timeout': 0, 'unsubscribed': 0, 'recursion': 0,
				'quarantined': 0}}"""));
		assertThat(json.get("held").asInt()).isEqualTo(2);
		assertThat(json.get("defaults"))
			.isEqualTo(parse("{'maxHandlerQueue': 1000, 'priority': 0, 'overflow': 'DROP_NEWEST'}"));
	}

	@Test
	void jsonOfAsyncHandlerHasQueueAndLastFailure() {
		assertThat(json(this.endpoint.handler("audit.onAny"))).isEqualTo(parse("""
				{'pattern': '**', 'mode': 'ASYNC', 'priority': 10, 'offered': 12, 'handled': 5, 'failed': 1,
				'filtered': 2, 'running': 0, 'dropped': {'queue_full': 1, 'type_mismatch': 0, 'closed': 0,
				'shutdown_timeout': 0, 'unsubscribed': 0, 'recursion': 0, 'quarantined': 0},
				'queue': {'size': 3, 'capacity': 8, 'oldestAgeMillis': 1500},
				'latency': {'count': 5, 'meanMicros': 2.0, 'p50Micros': 1.9, 'p99Micros': 11.8, 'maxMicros': 5.0},
				'queueWait': {'count': 5, 'meanMicros': 2.0, 'p50Micros': 1.9, 'p99Micros': 11.8, 'maxMicros': 5.0},
				'slow': 3, 'lastFailure': {'type': 'java.lang.IllegalStateException', 'at': '2026-01-02T03:04:05Z'}}
				"""));
	}

	@Test
	void jsonOfSyncHandlerHasNoQueueAndWithoutFailureNoLastFailure() {
		assertThat(json(this.endpoint.handler("toolLatency.onTool")).propertyNames()).containsExactly("pattern", "mode",
				"priority", "offered", "handled", "failed", "filtered", "running", "dropped", "latency", "slow");
	}

	@Test
	void whenApplicationsOwnMapperIsUsedThenSyncHandlerHasNoQueueEither() {
		String json = new JsonMapper().writeValueAsString(this.endpoint.handler("toolLatency.onTool"));
		assertThat(json).contains("\"handled\"").doesNotContain("queue\"", "queueWait", "lastFailure");
	}

	@Test
	void severalPatternsAreJoined() {
		this.stub.handler(StubRouter.async("two", List.of("a.*", "b"), StubRouter.account(0, 0, 0, 0, 0, 0),
				Duration.ZERO, null));
		assertThat(this.endpoint.handler("two")).extracting(HandlerDescriptor::pattern).isEqualTo("a.*, b");
	}

	@Test
	void unknownHandlerIsNull() {
		assertThat(this.endpoint.handler("nobody")).isNull();
	}

	private JsonNode parse(String json) {
		return new JsonMapper().readTree(json.replace('\'', '"'));
	}

	/**
	 * Writes as Boot does for the actuator.
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
