package io.telemetryrouter.journal;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

import io.telemetryrouter.TelemetryEvent;

import static org.assertj.core.api.Assertions.assertThat;

class JournalFormatTests {

	private static final JsonMapper READER = JsonMapper
		.builder(JsonFactory.builder()
			.streamReadConstraints(
					StreamReadConstraints.builder().maxNumberLength(10_000).maxNameLength(100_000).build())
			.build())
		.build();

	@TempDir
	Path directory;

	private final CapturedLog log = new CapturedLog();

	@AfterEach
	void closeLog() {
		this.log.close();
	}

	record Answer(String text, int tokens) {
	}

	private String append(JournalOptions.Builder options, TelemetryEvent<?> event) throws Exception {
		try (Journal journal = Journal.open(options.build())) {
			assertThat(journal.append(event)).isTrue();
		}
		List<String> lines = Files.readAllLines(Lines.segments(this.directory).get(0));
		return lines.get(lines.size() - 1);
	}

	private JournalOptions.Builder options() {
		return JournalOptions.in(this.directory);
	}

	private static JsonNode json(String text) {
		return READER.readTree(text);
	}

	@Test
	void whenEventIsAppendedThenItsLineIsACloudEvent() throws Exception {
		String line = append(options(), new TestEvent("model.answer", new Answer("Hi", 3)));
		assertThat(line).isEqualTo("{\"specversion\":\"1.0\",\"id\":\"00000000-0000-0001-0000-000000000002\","
				+ "\"source\":\"/telemetry-router\",\"type\":\"model.answer\","
				+ "\"time\":\"2026-11-27T10:15:30.123456789Z\",\"datacontenttype\":\"application/json\","
				+ "\"data\":{\"text\":\"Hi\",\"tokens\":3},\"sequence\":\"0000000000000000001\",\"crc\":\""
				+ line.substring(line.length() - 10));
		int covered = line.lastIndexOf(",\"crc\":");
		CRC32C crc = new CRC32C();
		crc.update(line.substring(0, covered).getBytes(StandardCharsets.UTF_8));
		assertThat(line.substring(covered)).isEqualTo(",\"crc\":\"%08x\"}".formatted(crc.getValue()));
		assertThat(Files.readString(Lines.segments(this.directory).get(0))).isEqualTo(line + "\n");
	}

	@Test
	void whenAttributesAreGivenThenTheirNamesAreThoseOfExtensions() throws Exception {
		EventAttributes attributes = new EventAttributes() {

			@Override
			public String runId(TelemetryEvent<?> event) {
				return "run-1";
			}

			@Override
			public String parentRunId(TelemetryEvent<?> event) {
				return "run-0";
			}

			@Override
			public String traceparent(TelemetryEvent<?> event) {
				return "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
			}

			@Override
			public String dataSchema(TelemetryEvent<?> event) {
				return "urn:schema:" + event.name() + ":1";
			}

		};
		String line = append(options().attributes(attributes).source("urn:app"), new TestEvent("a", 1));
		JsonNode event = json(line);
		assertThat(event.propertyNames()).allMatch((name) -> name.matches("[a-z0-9]{1,20}"));
		JournalRecord read = Lines.read(this.directory).records().get(0);
		assertThat(read.runId()).isEqualTo("run-1").isEqualTo(event.get("runid").asString());
		assertThat(read.parentRunId()).isEqualTo("run-0").isEqualTo(event.get("parentrunid").asString());
		assertThat(read.traceparent()).startsWith("00-4bf9").isEqualTo(event.get("traceparent").asString());
		assertThat(read.dataSchema()).isEqualTo("urn:schema:a:1").isEqualTo(event.get("dataschema").asString());
		assertThat(read.source()).isEqualTo("urn:app").isEqualTo(event.get("source").asString());
		assertThat(read.time()).isEqualTo(TestEvent.TIME);
		assertThat(read.id()).isEqualTo(new TestEvent("a", 1).id().toString());
	}

	/** Also those of the slow way, and years that have more digits. */
	@ParameterizedTest
	@ValueSource(strings = { "2026-11-27T10:15:30Z", "2026-11-27T10:15:30.100Z", "2026-11-27T10:15:30.000100Z",
			"2026-11-27T10:15:30.000000001Z", "2026-11-27T10:15:31.999999999Z", "1969-12-31T23:59:59.999Z",
			"+12026-11-27T10:15:30.5Z", "-0001-11-27T10:15:30.5Z" })
	void whenTimesFollowEachOtherThenEachIsWrittenAndReadBackAsItIs(Instant time) throws Exception {
		try (Journal journal = Journal.open(options().build())) {
			for (long nanos : new long[] { 0, 1, 1_000, 1_000_000, 1_000_000_000, -1 }) {
				assertThat(journal.append(new TestEvent("a", 1).at(time.plusNanos(nanos)))).isTrue();
			}
		}
		List<JournalRecord> records = Lines.read(this.directory).records();
		for (JournalRecord record : records) {
			assertThat(json(record.line()).get("time").asString()).isEqualTo(record.time().toString());
		}
		assertThat(records).extracting(JournalRecord::time)
			.containsExactly(time, time.plusNanos(1), time.plusNanos(1_000), time.plusNanos(1_000_000),
					time.plusSeconds(1), time.minusNanos(1));
	}

	@Test
	void whenNullWasEmittedThenThereIsNoData() throws Exception {
		JsonNode event = json(append(options(), new TestEvent("a", null)));
		assertThat(event.has("data")).isFalse();
		assertThat(event.has("datacontenttype")).isFalse();
		assertThat(Lines.read(this.directory).data()).containsExactly((String) null);
	}

	@Test
	void whenPayloadsAreOfAnyJsonKindThenTheyAreReadBack() {
		Map<String, Object> nested = new HashMap<>();
		nested.put("end", 1);
		for (int i = 0; i < 490; i++) {
			nested = new HashMap<>(Map.of("n", nested));
		}
		List<Object> payloads = List.of("text \"quoted\" \\ \n \u2028 \ud83d\ude00 \u0000", "lone \ud83d end", 1,
				-1.5e300, true, List.of(), Map.of(), List.of(1, List.of(2), Map.of("a", "}")), "", "9".repeat(2000),
				new java.math.BigInteger("7".repeat(1500)), Double.NaN, nested, Map.of("k".repeat(60_000), 1));
		try (Journal journal = Journal.open(options().build())) {
			payloads.forEach((payload) -> assertThat(journal.append(new TestEvent("a", payload))).isTrue());
			assertThat(journal.status().redacted()).isZero();
		}
		Lines lines = Lines.read(this.directory);
		assertThat(lines.problems()).isEmpty();
		assertThat(lines.data().stream().map(JournalFormatTests::json).toList()).isEqualTo(
				payloads.stream().map(JsonMapper.shared()::writeValueAsString).map((text) -> json(text)).toList());
	}

	@Test
	void whenNamesHaveAnyContentThenTheyAreReadBack() {
		List<String> names = List.of("a..b", "line\nfeed", "quo\"te", "\\", "\u00e4\u6f22\ud83d\ude00", "lone\ud83d",
				"\",\"crc\":\"00000000\"}", "n".repeat(100_000));
		try (Journal journal = Journal.open(options().build())) {
			names.forEach((name) -> assertThat(journal.append(new TestEvent(name, 1))).isTrue());
		}
		Lines lines = Lines.read(this.directory);
		assertThat(lines.problems()).isEmpty();
		assertThat(lines.names()).isEqualTo(names);
	}

	@Test
	void whenMapperIndentsThenALineIsStillOneLine() {
		JsonMapper mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
		PayloadEncoder indenting = (event, payload, out) -> out.writeRawValue(mapper.writeValueAsString(payload));
		try (Journal journal = Journal.open(options().encoder(indenting).build())) {
			journal.append(new TestEvent("a", Map.of("k", "line\nfeed")));
		}
		Lines lines = Lines.read(this.directory);
		assertThat(lines.problems()).isEmpty();
		assertThat(json(lines.data().get(0)).get("k").asString()).isEqualTo("line\nfeed");
	}

	private void assertLogged(String reason) {
		assertThat(this.log.lines(this.directory))
			.containsExactly("Journal '" + this.directory + "' has no line of an event, since " + reason
					+ ". Such events are counted as lost; this is logged once");
	}

	@Test
	void whenAttributesAreLongerThanALineMayBeThenTheEventIsCounted() {
		List<Boolean> written = new ArrayList<>();
		try (Journal journal = Journal.open(options().build())) {
			written.add(journal.append(new TestEvent("n".repeat(Journal.MAX_LINE), 1)));
			written.add(journal.append(new TestEvent("a", 1)));
			assertThat(journal.status().lost()).containsEntry(LossReason.TOO_LONG, 1L);
		}
		assertLogged("its name and attributes are too long");
		assertThat(written).containsExactly(false, true);
		assertThat(Lines.read(this.directory).names()).containsExactly("a");
	}

	@Test
	void whenEnvelopeFailsThenTheEventIsCounted() {
		TestEvent broken = new TestEvent("a", 1, 1, null, null);
		try (Journal journal = Journal.open(options().build())) {
			assertThat(journal.append(broken)).isFalse();
			assertThat(journal.append(new TestEvent("b", 1))).isTrue();
			assertThat(journal.append(broken)).isFalse();
			assertThat(journal.status().lost()).containsEntry(LossReason.UNREADABLE_EVENT, 2L);
		}
		assertLogged("its attributes threw java.lang.NullPointerException");
		assertThat(Lines.read(this.directory).names()).containsExactly("b");
	}

}
