package io.telemetryrouter.spring.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the configuration metadata that IDEs read.
 */
class ConfigurationMetadataTests {

	private static JsonNode metadata;

	private static final Map<String, JsonNode> properties = new HashMap<>();

	@BeforeAll
	static void read() throws IOException {
		try (InputStream in = TelemetryRouterProperties.class
			.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
			metadata = JsonMapper.shared().readTree(in);
		}
		metadata.get("properties").forEach((property) -> properties.put(property.get("name").asString(), property));
	}

	@Test
	void whenPropertyIsOursThenItHasDescriptionInBootsStyle() {
		assertThat(properties.values())
			.filteredOn((property) -> property.get("name").asString().startsWith("telemetry-router."))
			.hasSizeGreaterThanOrEqualTo(15)
			.allSatisfy((property) -> assertThat(property.path("description").asString()).endsWith(".")
				.doesNotStartWith("The ")
				.doesNotStartWith("A "));
	}

	@Test
	void whenDescriptionIsReadOnItsOwnThenItSaysWhatThePropertyIsOf() {
		assertThat(properties.values()).extracting((property) -> property.path("description").asString())
			.doesNotHaveDuplicates();
	}

	@Test
	void whenPropertyHasDefaultThenMetadataKnowsIt() {
		assertThat(defaultValue("enabled").asBoolean()).isTrue();
		assertThat(defaultValue("max-handler-queue").asInt()).isEqualTo(1000);
		assertThat(defaultValue("default-priority").asInt()).isZero();
		assertThat(defaultValue("overflow").asString()).isEqualTo("drop-newest");
		assertThat(defaultValue("block-timeout").asString()).isEqualTo("100ms");
		assertThat(defaultValue("slow-threshold").asString()).isEqualTo("5ms");
		assertThat(defaultValue("max-depth").asInt()).isEqualTo(32);
		assertThat(defaultValue("max-nested-emits").asInt()).isEqualTo(1000);
		assertThat(defaultValue("max-event-names").asInt()).isEqualTo(10_000);
		assertThat(defaultValue("max-event-tags").asInt()).isEqualTo(100);
		assertThat(defaultValue("max-held-events").asInt()).isEqualTo(1000);
		assertThat(defaultValue("shutdown-timeout").asString()).isEqualTo("10s");
		assertThat(defaultValue("measure-latency").asBoolean()).isTrue();
		assertThat(defaultValue("stuck-threshold").asString()).isEqualTo("10s");
		assertThat(defaultValue("handler-timeout").asString()).isEqualTo("0");
		assertThat(defaultValue("spans.dangling-after").asString()).isEqualTo("10m");
		assertThat(defaultValue("contracts.mode").asString()).isEqualTo("warn");
		assertThat(defaultValue("contracts.convert-maps").asBoolean()).isFalse();
		assertThat(defaultValue("runs.mdc").asBoolean()).isFalse();
		assertThat(defaultValue("quarantine.enabled").asBoolean()).isTrue();
		assertThat(defaultValue("quarantine.failures").asInt()).isEqualTo(10);
		assertThat(defaultValue("quarantine.failure-rate").asDouble()).isEqualTo(0.8);
		assertThat(defaultValue("quarantine.window").asString()).isEqualTo("1m");
		assertThat(defaultValue("quarantine.minimum-calls").asInt()).isEqualTo(50);
		assertThat(defaultValue("quarantine.delay").asString()).isEqualTo("1s");
		assertThat(defaultValue("quarantine.max-delay").asString()).isEqualTo("1m");
		assertThat(defaultValue("cost.zone").asString()).isEqualTo("UTC");
	}

	@Test
	void whenPropertyIsMapThenItsValuesAreDescribedAndKeysAreFree() {
		assertThat(properties.get("telemetry-router.handlers").get("type").asString())
			.isEqualTo("java.util.Map<java.lang.String," + TelemetryRouterProperties.Handler.class.getName() + ">");
		assertThat(metadata.get("hints")).extracting((hint) -> hint.get("name").asString())
			.contains("telemetry-router.handlers.keys", "telemetry-router.events.keys");
	}

	@Test
	void whenHealthCanBeDisabledThenMetadataSaysSo() {
		assertThat(properties).containsKey("management.health.telemetryrouter.enabled");
	}

	@Test
	void whenEndpointHasSettingsThenMetadataKnowsThem() {
		JsonNode showValues = properties.get("management.endpoint.telemetryrouter.show-values");
		assertThat(showValues.get("defaultValue").asString()).isEqualTo("never");
		assertThat(properties).containsKeys("management.endpoint.telemetryrouter.roles",
				"management.endpoint.telemetryrouter.access");
	}

	private static JsonNode defaultValue(String name) {
		return properties.get("telemetry-router." + name).get("defaultValue");
	}

}
