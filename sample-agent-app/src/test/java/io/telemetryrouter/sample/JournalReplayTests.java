package io.telemetryrouter.sample;

import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import io.telemetryrouter.EventSnapshot;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.agent.Tokens;
import io.telemetryrouter.sample.observe.CostTracker;
import io.telemetryrouter.sample.observe.LatencyTracker;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Plays a recording with the journal on, and replays the journal into a fresh context.
 */
@ExtendWith(OutputCaptureExtension.class)
class JournalReplayTests {

	@TempDir
	Path directory;

	@Test
	void whenJournalIsReplayedThenTotalsAreExactlyTheSame(CapturedOutput output) {
		replayedTotals();
		assertThat(output).contains("Replayed ", " 0 unreadable, 0 unknown fields, 0 damaged, 0 missing",
				"Event 'budget.threshold': no handler has opted in to its replay");
	}

	@Test
	@EnabledIf("io.telemetryrouter.sample.SharedRecordingTests#isPresent")
	void whenSharedRecordingIsJournalledAndReplayedThenTotalsAreExactlyTheSame() {
		Tokens tokens = replayedTotals("--sample.recording=" + SharedRecordingTests.RECORDING);
		assertThat(tokens.input()).isGreaterThan(1_000_000);
	}

	private Tokens replayedTotals(String... args) {
		List<String> journalled = new ArrayList<>(List.of(args));
		journalled.add("--telemetry-router.journal.enabled=true");
		journalled.add("--telemetry-router.journal.mode=sync");
		journalled.add("--telemetry-router.journal.directory=" + this.directory.resolve("journal"));
		Tokens played;
		BigDecimal amount;
		LatencyTracker latencies;
		try (ConfigurableApplicationContext context = start(journalled)) {
			played = context.getBean(CostTracker.class).totalTokens();
			amount = context.getBean(CostTracker.class).totalAmount();
			latencies = context.getBean(LatencyTracker.class);
		}
		assertThat(played.input()).isPositive();
		Path second = this.directory.resolve("second");
		try (ConfigurableApplicationContext context = start(List.of(
				"--sample.replay=" + this.directory.resolve("journal"), "--telemetry-router.journal.enabled=true",
				"--telemetry-router.journal.mode=sync", "--telemetry-router.journal.directory=" + second))) {
			assertThat(context.getBean(CostTracker.class).totalTokens()).isEqualTo(played);
			assertThat(context.getBean(CostTracker.class).totalAmount()).isEqualTo(amount);
			LatencyTracker replayed = context.getBean(LatencyTracker.class);
			assertThat(replayed.model().mean()).isEqualTo(latencies.model().mean());
			assertThat(replayed.tools().max()).isEqualTo(latencies.tools().max());
			assertThat(context.getBean(TelemetryRouter.class).snapshot().events().values())
				.extracting(EventSnapshot::emitted)
				.allMatch((emitted) -> emitted == 0);
		}
		assertThat(second).isDirectoryNotContaining((file) -> {
			try {
				return file.toString().endsWith(".jsonl") && Files.size(file) > 0;
			}
			catch (java.io.IOException ex) {
				throw new java.io.UncheckedIOException(ex);
			}
		});
		return played;
	}

	private static ConfigurableApplicationContext start(List<String> args) {
		List<String> all = new ArrayList<>(args);
		all.add("--server.port=0");
		return SpringApplication.run(SampleAgentApplication.class, all.toArray(String[]::new));
	}

}
