package io.telemetryrouter.sample;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for what the sample prints when it starts.
 */
@ExtendWith(OutputCaptureExtension.class)
class RecordingPlayTests {

	@Test
	void whenBundledRecordingWasPlayedThenSummaryHasItsNumbers(CapturedOutput output) {
		start().close();
		assertThat(output).contains("Played 6 runs of the bundled recording")
			.containsPattern("agent\\.run\\.started +6\\R")
			.containsPattern("user_message_received +21\\R")
			.containsPattern("model\\.call\\.completed +27\\R")
			.containsPattern("tool\\.call\\.started +10\\R")
			.containsPattern("agent\\.run\\.completed +6\\R")
			.containsPattern("budget\\.threshold +2\\R")
			.contains("Tokens are estimated", "1 exhausted and escalated")
			.containsPattern("failingExporter\\.export +0 handled, 10 failed \\(last: java\\.lang\\.IllegalState")
			.containsPattern("failingExporter.* now quarantined")
			.containsPattern("slowExporter\\.export +\\d+ handled, \\d+ dropped \\(queue_full\\)")
			.contains("is accounted for")
			.containsPattern("More at http://localhost:\\d+/actuator/telemetryrouter");
	}

	@Test
	void whenLinesAreMalformedThenTheyAreReportedByNumberAndTheRestPlays(@TempDir Path directory, CapturedOutput output)
			throws Exception {
		Path recording = Files.writeString(directory.resolve("runs.jsonl"), """
				{"run_id": "one", "messages": [{"role": "user", "content": "hi"}]}
				{"run_id": "two", "messages": [{"role": "user"}]}
				nothing
				{"run_id": "four", "messages": [{"role": "user", "content": "hi"}]}
				""");
		start("--sample.recording=" + recording).close();
		assertThat(output)
			.contains("Skipped line 2 of " + recording + ": 'messages[0].content' is missing",
					"Skipped line 3 of " + recording + ": Not valid JSON")
			.contains("Played 2 runs", "Skipped 2 malformed lines: 2, 3");
	}

	@Test
	void whenRecordingIsMissingThenStartFailsWithOneParagraph(CapturedOutput output) {
		assertThatException().isThrownBy(() -> start("--sample.recording=/no/such/file.jsonl"));
		assertThat(output).contains("The recording '/no/such/file.jsonl' does not exist.", "--sample.recording=PATH")
			.doesNotContain("\tat ");
	}

	@Test
	void whenParallelRunsIsNotPositiveThenStartFails(CapturedOutput output) {
		assertThatException().isThrownBy(() -> start("--sample.parallel-runs=0"));
		assertThat(output).contains("'sample.parallel-runs' must be positive, but is 0").doesNotContain("\tat ");
	}

	private static ConfigurableApplicationContext start(String... args) {
		String[] all = new String[args.length + 1];
		all[0] = "--server.port=0";
		System.arraycopy(args, 0, all, 1, args.length);
		return SpringApplication.run(SampleAgentApplication.class, all);
	}

}
