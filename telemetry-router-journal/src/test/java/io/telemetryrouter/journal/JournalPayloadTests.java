package io.telemetryrouter.journal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

class JournalPayloadTests {

	private static final String SECRET = "sk-secret-4711";

	@TempDir
	Path directory;

	record Prompt(String text, String model) {
	}

	private Lines append(PayloadEncoder encoder, int maxPayload, Object payload) {
		JournalOptions options = JournalOptions.in(this.directory).encoder(encoder).maxPayload(maxPayload).build();
		try (Journal journal = Journal.open(options)) {
			assertThat(journal.append(new TestEvent("a", payload))).isTrue();
			assertThat(journal.append(new TestEvent("b", null))).isTrue();
			assertThat(journal.status().written()).isEqualTo(2);
			Lines lines = Lines.read(this.directory);
			assertThat(lines.problems()).isEmpty();
			assertThat(lines.names()).containsExactly("a", "b");
			assertThat(journal.status().redacted()).isEqualTo(count(lines, DataStatus.REDACTED));
			assertThat(journal.status().truncated()).isEqualTo(count(lines, DataStatus.TRUNCATED));
			return lines;
		}
	}

	private static long count(Lines lines, DataStatus status) {
		return lines.records().stream().filter((line) -> line.dataStatus() == status).count();
	}

	@Test
	void whenEncoderRedactsThenTheSecretIsNowhereOnDisk() {
		PayloadEncoder redacting = (event, payload, out) -> PayloadEncoder.json()
			.encode(event, (payload instanceof Prompt prompt) ? new Prompt("***", prompt.model()) : payload, out);
		Lines lines = append(redacting, 1000, new Prompt(SECRET, "m"));
		assertThat(lines.data().get(0)).isEqualTo("{\"text\":\"***\",\"model\":\"m\"}");
		assertThat(Lines.raw(this.directory)).doesNotContain(SECRET);
	}

	@ParameterizedTest
	@ValueSource(strings = { "before", "after", "within", "nothing", "twice", "error" })
	void whenEncoderFailsThenOnlyTheClassNameIsKept(String when) {
		PayloadEncoder failing = (event, payload, out) -> {
			switch (when) {
				case "before" -> throw new IllegalStateException(SECRET);
				case "after" -> {
					out.writePOJO(Map.of("text", SECRET));
					out.flush();
					throw new IllegalStateException(SECRET);
				}
				case "within" -> {
					out.writeStartObject();
					out.writeStringProperty("text", SECRET);
					out.flush();
				}
				case "nothing" -> {
				}
				case "twice" -> {
					out.writeString(SECRET);
					out.writeString(SECRET);
				}
				default -> throw new StackOverflowError(SECRET);
			}
		};
		Lines lines = append(failing, 1000, new Prompt(SECRET, "m"));
		assertThat(lines.records().get(0).dataStatus()).isEqualTo(DataStatus.REDACTED);
		assertThat(lines.data().get(0)).isEqualTo("{\"type\":\"" + Prompt.class.getName() + "\"}");
		assertThat(lines.records().get(0).line()).contains(",\"datastatus\":\"redacted\",");
		assertThat(Lines.raw(this.directory)).doesNotContain(SECRET);
	}

	@Test
	void whenPayloadRefersToItselfThenOnlyTheClassNameIsKept() {
		List<Object> endless = new ArrayList<>();
		endless.add(endless);
		Lines lines = append(PayloadEncoder.json(), 1 << 20, endless);
		assertThat(lines.data().get(0)).isEqualTo("{\"type\":\"java.util.ArrayList\"}");
	}

	@Test
	void whenPayloadIsTooLongThenItsBeginningIsKeptAndMarked() {
		Lines lines = append(PayloadEncoder.json(), 100, new Prompt("x".repeat(1000), "m"));
		JournalRecord line = lines.records().get(0);
		assertThat(line.dataStatus()).isEqualTo(DataStatus.TRUNCATED);
		assertThat(line.line()).contains(",\"datastatus\":\"truncated\",");
		Map<?, ?> stub = JsonMapper.shared().readValue(line.data(), Map.class);
		assertThat(stub.get("type")).isEqualTo(Prompt.class.getName());
		assertThat(stub.get("beginning")).isEqualTo("{\"text\":\"" + "x".repeat(91) + "\u2026");
	}

	@Test
	void whenPayloadIsCutWithinACharacterThenTheLineIsValid() {
		Lines lines = append(PayloadEncoder.json(), 65, "\u6f22".repeat(100));
		Map<?, ?> stub = JsonMapper.shared().readValue(lines.data().get(0), Map.class);
		assertThat((String) stub.get("beginning")).startsWith("\"" + "\u6f22".repeat(21)).endsWith("\u2026");
	}

	@Test
	void whenLongestPayloadIsAllQuotesThenItsStubFits() {
		Lines lines = append(PayloadEncoder.json(), 1 << 20, "\"\\".repeat(1 << 20));
		assertThat(lines.records().get(0).dataStatus()).isEqualTo(DataStatus.TRUNCATED);
		assertThat(lines.records().get(0).line().length()).isLessThan(Journal.MAX_LINE);
	}

	@Test
	void whenPayloadHasJustTheLengthThenItIsKeptWhole() {
		Lines lines = append(PayloadEncoder.json(), 100, "x".repeat(98));
		assertThat(lines.data().get(0)).isEqualTo("\"" + "x".repeat(98) + "\"");
		assertThat(lines.records().get(0).dataStatus()).isEqualTo(DataStatus.COMPLETE);
	}

	@Test
	void whenEncoderSwallowsTheLimitThenThePayloadIsTruncated() {
		PayloadEncoder careless = (event, payload, out) -> {
			try {
				PayloadEncoder.json().encode(event, payload, out);
			}
			catch (RuntimeException ex) {
				// Whatever it is.
			}
		};
		Lines lines = append(careless, 100, "x".repeat(100_000));
		assertThat(lines.records().get(0).dataStatus()).isEqualTo(DataStatus.TRUNCATED);
	}

}
