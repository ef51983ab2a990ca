package io.telemetryrouter.journal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIdentityInfo;
import com.fasterxml.jackson.annotation.JsonIdentityReference;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeId;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.annotation.ObjectIdGenerators;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.annotation.JsonSerialize;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.ToStringSerializer;

import io.telemetryrouter.PayloadSanitizer;
import io.telemetryrouter.Sensitive;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that what is {@link Sensitive} reaches no disk, whatever Jackson is told to do
 * with it.
 */
class RedactionTests {

	private static final String SECRET = "sk-secret-4711";

	@TempDir
	Path directory;

	record Prompt(@Sensitive String text, String model) {
	}

	record Digits(@Sensitive int pin, @Sensitive List<String> words, @Sensitive Object any, int length) {
	}

	record Renamed(@JsonProperty("prompt_text") @Sensitive String text) {
	}

	record Explicit(@Sensitive String text) {
		@Override
		public String text() {
			return this.text;
		}
	}

	record Formatted(@JsonSerialize(using = ToStringSerializer.class) @Sensitive Object text) {
	}

	record Typed(@JsonTypeInfo(use = JsonTypeInfo.Id.CLASS) @Sensitive Object text) {
	}

	record Flat(@JsonUnwrapped Prompt prompt) {
	}

	record FlatSecret(@JsonUnwrapped @Sensitive Prompt prompt) {
	}

	@JsonFormat(shape = JsonFormat.Shape.ARRAY)
	record Columns(@Sensitive String text, String model) {
	}

	record AsText(@Sensitive String text) {
		@JsonValue
		String line() {
			return "> " + this.text;
		}
	}

	@JsonSerialize(using = ToStringSerializer.class)
	record WrittenByHand(@Sensitive String text) {
	}

	interface Question {

		@Sensitive
		String text();

	}

	record Asked(String text) implements Question {
	}

	static class Bean {

		@Sensitive
		private final String text = SECRET;

		public String getText() {
			return this.text;
		}

	}

	static class Getter extends Bean {

		@Sensitive
		public String getOther() {
			return SECRET;
		}

	}

	static class Unready {

		@Sensitive
		public String getText() {
			throw new IllegalStateException("read");
		}

	}

	static class Login extends HashMap<String, String> {

		Login() {
			put("password", SECRET);
		}

		@Sensitive
		public String password() {
			return get("password");
		}

	}

	static class Keys extends ArrayList<String> {

		Keys() {
			add(SECRET);
		}

		@Sensitive
		public String first() {
			return get(0);
		}

	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
	@JsonTypeName("kind")
	static class Kind {

		@JsonTypeId
		@Sensitive
		public String text = SECRET;

	}

	/** The second reference to a person is the number. */
	@JsonIdentityInfo(generator = ObjectIdGenerators.PropertyGenerator.class, property = "number")
	record Person(@Sensitive String number, List<Object> same) {
	}

	record Badge(int number, @Sensitive String text) {
	}

	record Badges(
			@JsonIdentityInfo(generator = ObjectIdGenerators.PropertyGenerator.class, property = "number") Badge one,
			@JsonIdentityInfo(generator = ObjectIdGenerators.PropertyGenerator.class,
					property = "number") Badge other) {
	}

	record Reference(@JsonIdentityInfo(generator = ObjectIdGenerators.PropertyGenerator.class,
			property = "text") @JsonIdentityReference(alwaysAsId = true) Badge badge) {
	}

	private static Person person() {
		Person person = new Person(SECRET, new ArrayList<>());
		person.same().add(person);
		return person;
	}

	private List<JournalRecord> append(PayloadEncoder encoder, Object... payloads) {
		JournalOptions options = JournalOptions.in(this.directory).encoder(encoder).build();
		try (Journal journal = Journal.open(options)) {
			for (Object payload : payloads) {
				assertThat(journal.append(new TestEvent("a", payload))).isTrue();
			}
			List<JournalRecord> lines = Lines.read(this.directory).records();
			assertThat(journal.status().redacted())
				.isEqualTo(lines.stream().filter((line) -> line.dataStatus() == DataStatus.REDACTED).count());
			assertThat(Lines.raw(this.directory)).doesNotContain(SECRET).doesNotContain("4711");
			return lines;
		}
	}

	static List<Map.Entry<Object, String>> redacted() {
		Prompt prompt = new Prompt(SECRET, "m");
		String json = "{\"text\":\"[redacted]\",\"model\":\"m\"}";
		Badge badge = new Badge(1, SECRET);
		return List.of(Map.entry(prompt, json), Map.entry(List.of(prompt), "[" + json + "]"),
				Map.entry(Map.of("p", prompt), "{\"p\":" + json + "}"), Map.entry(Optional.of(prompt), json),
				Map.entry(new Prompt[] { prompt }, "[" + json + "]"), Map.entry(new Flat(prompt), json),
				Map.entry(new Digits(4711, List.of(SECRET), SECRET, 3),
						"{\"pin\":null,\"words\":null,\"any\":null,\"length\":3}"),
				Map.entry(new Renamed(SECRET), "{\"prompt_text\":\"[redacted]\"}"),
				Map.entry(new Explicit(SECRET), "{\"text\":\"[redacted]\"}"),
				Map.entry(new Formatted(SECRET), "{\"text\":null}"), Map.entry(new Typed(SECRET), "{\"text\":null}"),
				Map.entry(new FlatSecret(prompt), "{\"prompt\":null}"),
				Map.entry(new Columns(SECRET, "m"), "[\"[redacted]\",\"m\"]"),
				Map.entry(new Asked(SECRET), "{\"text\":\"[redacted]\"}"),
				Map.entry(new Bean(), "{\"text\":\"[redacted]\"}"),
				Map.entry(new Unready(), "{\"text\":\"[redacted]\"}"),
				Map.entry(new Kind(), "{\"@type\":\"kind\",\"text\":\"[redacted]\"}"),
				Map.entry(new Badges(badge, badge), "{\"one\":{\"number\":1,\"text\":\"[redacted]\"},\"other\":1}"),
				Map.entry(new Getter(), "{\"other\":\"[redacted]\",\"text\":\"[redacted]\"}"));
	}

	@ParameterizedTest
	@MethodSource("redacted")
	void whenAPartIsSensitiveThenItsValueIsNotWritten(Map.Entry<Object, String> payload) {
		JournalRecord line = append(PayloadEncoder.json(), payload.getKey()).get(0);
		JsonMapper mapper = JsonMapper.shared();
		assertThat(mapper.readTree(line.data())).isEqualTo(mapper.readTree(payload.getValue()));
		assertThat(line.dataStatus()).isEqualTo(DataStatus.COMPLETE);
	}

	static List<Object> unreadable() {
		return List.of(new AsText(SECRET), new WrittenByHand(SECRET), Map.of(new Prompt(SECRET, "m"), 1),
				List.of(new AsText(SECRET)), new Login(), Map.of("login", new Login()), new Keys(), person(),
				new Reference(new Badge(1, SECRET)));
	}

	@ParameterizedTest
	@MethodSource("unreadable")
	void whenAClassWithASensitivePartIsWrittenAsAWholeThenItIsNotWrittenAtAll(Object payload) {
		assertThat(append(PayloadEncoder.json(), payload)).extracting(JournalRecord::dataStatus)
			.containsExactly(DataStatus.REDACTED);
	}

	@Test
	void whenTheMapperHasItsOwnWaysThenTheyAreKeptAndRedacted() {
		JsonMapper mapper = JsonMapper.builder()
			.propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE)
			.build();
		assertThat(append(PayloadEncoder.json(mapper), new Prompt(SECRET, "m"))).extracting(JournalRecord::data)
			.containsExactly("{\"Text\":\"[redacted]\",\"Model\":\"m\"}");
	}

	@Test
	void whenAModuleWritesTheClassThenItIsNotWrittenAtAll() {
		SimpleModule module = new SimpleModule().addSerializer(Prompt.class, new ValueSerializer<>() {

			@Override
			public void serialize(Prompt value, JsonGenerator out, SerializationContext context) {
				out.writeString(value.text());
			}

		});
		JsonMapper mapper = JsonMapper.builder().addModule(module).build();
		assertThat(append(PayloadEncoder.json(mapper), new Prompt(SECRET, "m"))).extracting(JournalRecord::dataStatus)
			.containsExactly(DataStatus.REDACTED);
	}

	@Test
	void whenSanitizersAreGivenThenEachGetsWhatTheOneBeforeReturned() {
		PayloadSanitizer mask = (event, payload) -> event + ((String) payload).replace(SECRET, "***");
		PayloadSanitizer mark = (event, payload) -> payload + "!";
		assertThat(append(PayloadEncoder.json().sanitizedBy(List.of(mask, mark)), "key " + SECRET))
			.extracting(JournalRecord::data)
			.containsExactly("\"akey ***!\"");
	}

	@Test
	void whenASanitizerFailsOrReturnsNothingThenOnlyTheClassNameIsWritten() {
		PayloadSanitizer failing = (event, payload) -> {
			if (payload.equals(SECRET)) {
				throw new StackOverflowError(SECRET);
			}
			return none();
		};
		assertThat(append(PayloadEncoder.json().sanitizedBy(List.of(failing)), SECRET, "x " + SECRET))
			.extracting(JournalRecord::data)
			.containsExactly("{\"type\":\"java.lang.String\"}", "{\"type\":\"java.lang.String\"}");
	}

	@SuppressWarnings("NullAway")
	private static Object none() {
		return null;
	}

}
