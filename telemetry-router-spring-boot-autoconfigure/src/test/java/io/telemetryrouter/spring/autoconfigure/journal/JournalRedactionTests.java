package io.telemetryrouter.spring.autoconfigure.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.annotation.Order;

import io.telemetryrouter.EventType;
import io.telemetryrouter.PayloadSanitizer;
import io.telemetryrouter.Sensitive;
import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.journal.DataStatus;
import io.telemetryrouter.journal.Journal;
import io.telemetryrouter.journal.JournalQuery;
import io.telemetryrouter.journal.JournalRecord;
import io.telemetryrouter.journal.PayloadEncoder;
import io.telemetryrouter.journal.TelemetryReplayer;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;
import io.telemetryrouter.spring.autoconfigure.contracts.TelemetryRouterContractsAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that no secret is written to the disk.
 */
@ExtendWith(OutputCaptureExtension.class)
class JournalRedactionTests {

	private static final String SECRET = "sk-secret-4711";

	record Prompt(@Sensitive String text, String model) {
	}

	record Turn(List<Prompt> prompts, Map<String, Prompt> byName) {
	}

	@TempDir
	Path directory;

	private ApplicationContextRunner contextRunner() {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(TelemetryRouterContractsAutoConfiguration.class,
					TelemetryRouterAutoConfiguration.class, TelemetryRouterJournalAutoConfiguration.class,
					JacksonAutoConfiguration.class))
			.withPropertyValues("telemetry-router.journal.enabled=true",
					"telemetry-router.journal.directory=" + this.directory.resolve("journal"));
	}

	private List<JournalRecord> lines() {
		List<JournalRecord> lines = new ArrayList<>();
		assertThat(new TelemetryReplayer(this.directory.resolve("journal")).replay(JournalQuery.all(), lines::add)
			.problems()).isEmpty();
		assertThat(onDisk()).doesNotContain(SECRET);
		return lines;
	}

	/** Returns the content of all files. */
	private String onDisk() {
		try (Stream<Path> files = Files.walk(this.directory)) {
			StringBuilder all = new StringBuilder();
			for (Path file : files.filter(Files::isRegularFile).toList()) {
				all.append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
			}
			return all.toString();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "sync", "async" })
	void whenAPromptIsSensitiveThenItsSecretIsNowhereOnDisk(String mode, CapturedOutput output) {
		List<Object> received = new ArrayList<>();
		contextRunner()
			.withPropertyValues("telemetry-router.journal.mode=" + mode, "telemetry-router.journal.max-payload=500B")
			.run((context) -> {
				context.getBean(TelemetryRouter.class).subscribe("**", (event, payload) -> received.add(payload));
				TelemetryEmitter emitter = context.getBean(TelemetryEmitter.class);
				Prompt prompt = new Prompt("my key is " + SECRET, "m");
				emitter.emit("prompt", prompt);
				emitter.emit("turn", new Turn(List.of(prompt), Map.of("p", prompt)));
				emitter.emit("prompts", List.of(prompt, Map.of("p", prompt)));
				emitter.emit("long", new Prompt(SECRET.repeat(100), "x".repeat(1000)));
			});
		assertThat(received).contains(new Prompt("my key is " + SECRET, "m"));
		String redacted = "{\"text\":\"[redacted]\",\"model\":\"m\"}";
		assertThat(lines()).extracting(JournalRecord::data)
			.startsWith(redacted, "{\"prompts\":[" + redacted + "],\"byName\":{\"p\":" + redacted + "}}",
					"[" + redacted + ",{\"p\":" + redacted + "}]");
		assertThat(lines().get(3).dataStatus()).isEqualTo(DataStatus.TRUNCATED);
		assertThat(lines().get(3).data()).contains("\u2026");
		assertThat(output).doesNotContain(SECRET);
	}

	@Test
	void whenThereAreSanitizersThenTheyRunInOrderBeforeAnyEncoder() {
		contextRunner().withBean("last", PayloadSanitizer.class, Mark::new)
			.withBean("first", PayloadSanitizer.class, Mask::new)
			.run((context) -> context.getBean(TelemetryEmitter.class).emit("a", "key " + SECRET));
		assertThat(lines()).extracting(JournalRecord::data).containsExactly("\"key ***!\"");
	}

	@Test
	void whenTheApplicationHasAnEncoderThenItGetsWhatSanitizersReturn() {
		PayloadEncoder encoder = (event, payload, out) -> out.writeString("<" + payload + ">");
		contextRunner().withBean(PayloadEncoder.class, () -> encoder)
			.withBean(PayloadSanitizer.class, Mask::new)
			.run((context) -> context.getBean(TelemetryEmitter.class).emit("a", SECRET));
		assertThat(lines()).extracting(JournalRecord::data).containsExactly("\"<***>\"");
	}

	@Test
	void whenASanitizerThrowsThenTheStubIsWrittenAndCounted(CapturedOutput output) {
		PayloadSanitizer failing = (event, payload) -> {
			throw new IllegalStateException("no " + payload);
		};
		contextRunner().withBean(PayloadSanitizer.class, () -> failing)
			.withPropertyValues("telemetry-router.journal.mode=sync")
			.run((context) -> {
				context.getBean(TelemetryEmitter.class).emit("a", SECRET);
				assertThat(context.getBean(Journal.class).status().redacted()).isOne();
			});
		assertThat(lines()).extracting(JournalRecord::data).containsExactly("{\"type\":\"java.lang.String\"}");
		assertThat(lines()).extracting(JournalRecord::dataStatus).containsExactly(DataStatus.REDACTED);
		assertThat(output).doesNotContain(SECRET);
	}

	@Test
	void whenAnEventHasAContractAndARunThenItsLineSaysSo() {
		contextRunner().withBean(EventType.class, () -> EventType.of("prompt", Prompt.class, 2)).run((context) -> {
			TelemetryEmitter emitter = context.getBean(TelemetryEmitter.class);
			emitter.forRun("r1").emit("prompt", new Prompt("x", "m"));
			emitter.emit("prompt", "no prompt");
		});
		assertThat(lines()).extracting(JournalRecord::dataSchema)
			.containsExactly("urn:telemetry-router:prompt:2", null);
		assertThat(lines()).extracting(JournalRecord::runId).containsExactly("r1", null);
	}

	@Order(1)
	static class Mask implements PayloadSanitizer {

		@Override
		public Object sanitize(String event, Object payload) {
			return ((String) payload).replace(SECRET, "***");
		}

	}

	@Order(2)
	static class Mark implements PayloadSanitizer {

		@Override
		public Object sanitize(String event, Object payload) {
			return payload + "!";
		}

	}

}
