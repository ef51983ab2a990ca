package io.telemetryrouter.sample.play;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.stereotype.Component;

import io.telemetryrouter.FlushResult;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.journal.JournalQuery;
import io.telemetryrouter.journal.Pacing;
import io.telemetryrouter.journal.ReplayReport;
import io.telemetryrouter.journal.TelemetryReplayer;
import io.telemetryrouter.sample.config.SampleProperties;
import io.telemetryrouter.sample.play.RecordingPlayer.Played;

/**
 * Plays the recording on start, or replays a journal to the handlers that opted in, and
 * prints the summary.
 */
@Component
class PlayOnStart implements ApplicationRunner {

	private static final Logger logger = LoggerFactory.getLogger(PlayOnStart.class);

	private static final int MAX_REPORTED_LINES = 20;

	private final Recording recording;

	private final RecordingPlayer player;

	private final TelemetryRouter router;

	private final SampleProperties properties;

	private final SummaryFormatter summary;

	private final TelemetryReplayer replayer;

	PlayOnStart(Recording recording, RecordingPlayer player, TelemetryRouter router, SampleProperties properties,
			SummaryFormatter summary, TelemetryReplayer replayer) {
		this.replayer = replayer;
		this.recording = recording;
		this.player = player;
		this.router = router;
		this.properties = properties;
		this.summary = summary;
	}

	@Override
	public void run(ApplicationArguments args) throws IOException, InterruptedException {
		if (this.properties.replay() != null) {
			replay(this.properties.replay());
			return;
		}
		List<Integer> skipped = Collections.synchronizedList(new ArrayList<>());
		Played played = this.player.play(this.recording.open(), (line, problem) -> {
			skipped.add(line);
			if (skipped.size() <= MAX_REPORTED_LINES) {
				logger.warn("Skipped line {} of {}: {}", line, this.recording, problem);
			}
		});
		FlushResult flushed = this.router.flush(this.properties.flushTimeout());
		System.out.println(this.summary.format(this.recording.toString(), played, List.copyOf(skipped), flushed,
				this.router.snapshot()));
	}

	private void replay(Path journal) {
		ReplayReport report = this.replayer.in(journal).replayToHandlers(JournalQuery.all(), Pacing.fullSpeed());
		FlushResult flushed = this.router.flush(this.properties.flushTimeout());
		System.out.println(this.summary.format(journal.toString(), report, flushed, this.router.snapshot()));
	}

}
