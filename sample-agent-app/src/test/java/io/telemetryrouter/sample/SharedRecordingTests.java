package io.telemetryrouter.sample;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.HandlerAccount;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Plays the recording that lies beside the project, where there is one.
 */
@DirtiesContext
@EnabledIf("isPresent")
class SharedRecordingTests extends AbstractPlayTests {

	static final Path RECORDING = Path.of(System.getProperty("basedir", "sample-agent-app"))
		.toAbsolutePath()
		.resolve(System.getProperty("shared.data", "../../shared/data"))
		.resolve("airline-agent-runs.jsonl")
		.normalize();

	static boolean isPresent() {
		return Files.isReadable(RECORDING);
	}

	@DynamicPropertySource
	static void recording(DynamicPropertyRegistry registry) {
		registry.add("sample.recording", RECORDING::toString);
	}

	@Test
	void whenRecordingWasPlayedThenAllNumbersAreItsOwn(CapturedOutput output) {
		assertThat(this.router.flush(Duration.ofSeconds(30)).complete()).isTrue();
		Map<String, Long> emitted = emitted();
		assertThat(emitted).containsEntry("agent_run_started", 100L)
			.containsEntry("user_message_received", 757L)
			.containsEntry("model_response_received", 1229L)
			.containsEntry("tool_execution", 572L)
			.containsEntry("agent_run_completed", 100L);
		assertThatAccountsBalance();
		assertThatEndpointAndMetersAgree();
		HandlerAccount failing = handler("failingExporter.export").account();
		assertThat(failing.offered()).isEqualTo(572);
		// Set aside after ten failures; an attempt now and then fails, too.
		assertThat(failing.failed()).isGreaterThanOrEqualTo(10);
		assertThat(failing.dropped().get(DropReason.QUARANTINED)).isEqualTo(572 - failing.failed());
		long all = emitted.values().stream().mapToLong(Long::longValue).sum();
		HandlerAccount slow = handler("slowExporter.export").account();
		assertThat(slow.offered()).isEqualTo(all);
		assertThat(slow.dropped().get(DropReason.QUEUE_FULL)).isPositive();
		assertThat(handler("auditLogger.onAny").account().handled()).isEqualTo(all);
		assertThat(output).contains("Played 100 runs of ");
		emitted.forEach((event, count) -> assertThat(output).containsPattern(event + " +" + count + "\\R"));
	}

}
