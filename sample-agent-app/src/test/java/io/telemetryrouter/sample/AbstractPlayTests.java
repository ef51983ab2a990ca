package io.telemetryrouter.sample;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.micrometer.metrics.test.autoconfigure.AutoConfigureMetrics;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.web.servlet.client.RestTestClient;

import io.telemetryrouter.EventSnapshot;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.TelemetryRouter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Starts the sample and holds what the router, the endpoint and the meters say against
 * each other.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@AutoConfigureRestTestClient
@AutoConfigureMetrics
@ExtendWith(OutputCaptureExtension.class)
abstract class AbstractPlayTests {

	@Autowired
	RestTestClient client;

	@Autowired
	TelemetryRouter router;

	Map<String, Long> emitted() {
		return this.router.snapshot()
			.events()
			.values()
			.stream()
			.collect(Collectors.toMap(EventSnapshot::name, EventSnapshot::emitted));
	}

	void assertThatAccountsBalance() {
		RouterSnapshot snapshot = this.router.snapshot();
		assertThat(snapshot.handlers().values()).isNotEmpty().allSatisfy((handler) -> {
			assertThat(handler.account().queued()).as(handler.id()).isZero();
			assertThat(handler.account().running()).as(handler.id()).isZero();
			assertThat(handler.account().isBalanced()).as(handler.id()).isTrue();
		});
		assertThat(snapshot.retired().isBalanced()).isTrue();
	}

	/**
	 * Fails unless endpoint and meters say of every handler and event what the router
	 * says.
	 */
	void assertThatEndpointAndMetersAgree() {
		RouterSnapshot snapshot = this.router.snapshot();
		JsonNode endpoint = get("/actuator/telemetryrouter");
		String meters = getText("/actuator/prometheus");
		for (EventSnapshot event : snapshot.events().values()) {
			assertThat(endpoint.get("events").get(event.name()).get("emitted").longValue()).as(event.name())
				.isEqualTo(event.emitted());
			assertThat(sum(meters, "telemetry_router_dispatch_seconds_count", "event=\"" + event.name() + "\""))
				.as(event.name())
				.isEqualTo(event.emitted());
		}
		for (HandlerSnapshot handler : snapshot.handlers().values()) {
			JsonNode details = endpoint.get("handlerDetails").get(handler.id());
			assertThat(details.get("offered").longValue()).isEqualTo(handler.account().offered());
			assertThat(details.get("handled").longValue()).isEqualTo(handler.account().handled());
			assertThat(details.get("failed").longValue()).isEqualTo(handler.account().failed());
			String tag = "handler=\"" + handler.id() + "\"";
			assertThat(sum(meters, "telemetry_router_handler_seconds_count", tag)).as(handler.id())
				.isEqualTo(handler.account().handled() + handler.account().failed());
			assertThat(sum(meters, "telemetry_router_handler_dropped_events_total", tag)).as(handler.id())
				.isEqualTo(handler.account().droppedTotal());
			handler.account().dropped().forEach((reason, count) -> {
				JsonNode dropped = details.get("dropped").get(reason.label());
				assertThat((dropped != null) ? dropped.longValue() : 0).isEqualTo(count);
			});
		}
	}

	JsonNode get(String path) {
		return JsonMapper.shared().readTree(getText(path));
	}

	private String getText(String path) {
		String body = this.client.get()
			.uri(path)
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody(String.class)
			.returnResult()
			.getResponseBody();
		assertThat(body).isNotNull();
		return body;
	}

	private static long sum(String meters, String name, String tag) {
		// Micrometer puts a counter's base unit, if it has one, before the suffix
		Matcher samples = Pattern
			.compile("^" + name + "\\{[^}]*" + Pattern.quote(tag) + "[^}]*} (\\S+)$", Pattern.MULTILINE)
			.matcher(meters);
		List<String> values = samples.results().map((sample) -> sample.group(1)).toList();
		assertThat(values).as(name + " of " + tag).isNotEmpty();
		return (long) values.stream().mapToDouble(Double::parseDouble).sum();
	}

	HandlerSnapshot handler(String id) {
		@Nullable HandlerSnapshot handler = this.router.handlerSnapshot(id);
		assertThat(handler).as(id).isNotNull();
		return handler;
	}

}
