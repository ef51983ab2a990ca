package io.telemetryrouter.journal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.api.io.TempDir;

import io.telemetryrouter.TelemetryRouter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A flush of the router covers its journal.
 */
class JournalFlushTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	@TempDir
	Path directory;

	@ParameterizedTest
	@EnumSource(JournalMode.class)
	void whenRunIsFlushedThenItsLinesAreOnTheDisk(JournalMode mode) {
		try (Journal journal = Journal
			.open(JournalOptions.in(this.directory).fsync(Fsync.INTERVAL).fsyncInterval(Duration.ofDays(1)).build());
				TelemetryRouter router = TelemetryRouter.builder().build()) {
			router.subscribe(journal.handler(mode));
			for (int i = 1; i <= 500; i++) {
				router.forRun("r1").emit("a", i);
				assertThat(router.flushRun("r1", LIMIT).complete()).isTrue();
				assertThat(journal.status().written()).isEqualTo(i);
				assertThat(journal.status().pending()).isZero();
			}
			assertThat(Lines.read(this.directory).records()).hasSize(500)
				.allSatisfy((line) -> assertThat(line.runId()).isEqualTo("r1"));
			assertThat(journal.status().syncs()).isEqualTo((mode == JournalMode.ASYNC) ? 500 : 0);
		}
	}

	/** Each write ends when further lines wait. */
	@Test
	void whenLinesNeverCeaseToComeThenTheyArePutOnTheDiskAllTheSame() throws Exception {
		AtomicReference<Journal> opened = new AtomicReference<>();
		AtomicBoolean ended = new AtomicBoolean();
		FaultyDisk disk = new FaultyDisk();
		disk.afterWrite = () -> {
			Journal journal = opened.get();
			long pending = (journal != null) ? journal.status().pending() : 0;
			while (journal != null && journal.status().pending() <= pending && !ended.get()) {
				Thread.yield();
			}
		};
		JournalOptions options = JournalOptions.in(this.directory).fsyncInterval(Duration.ofMillis(10)).build();
		try (Journal journal = Journal.open(options, disk);
				TelemetryRouter router = TelemetryRouter.builder().build()) {
			opened.set(journal);
			router.subscribe(journal.handler(JournalMode.ASYNC));
			Thread emitter = new Thread(() -> {
				while (!ended.get()) {
					router.emit("a", 1);
				}
			});
			emitter.start();
			try {
				await().atMost(LIMIT).until(() -> journal.status().syncs() > 1);
			}
			finally {
				ended.set(true);
				emitter.join();
			}
		}
	}

	@ParameterizedTest
	@EnumSource(JournalMode.class)
	void whenEventIsCausedByAnotherThenItsLineNamesThatOne(JournalMode mode) {
		try (Journal journal = Journal.open(JournalOptions.in(this.directory).build());
				TelemetryRouter router = TelemetryRouter.builder().build()) {
			router.subscribe(journal.handler(mode));
			router.subscribe("a", (name, payload) -> router.emit("b", payload));
			router.emit("a", 1);
			assertThat(router.flush(LIMIT).complete()).isTrue();
			Lines lines = Lines.read(this.directory);
			assertThat(lines.names()).containsExactly("a", "b");
			assertThat(lines.records().get(0).causationId()).isNull();
			assertThat(lines.records().get(1).causationId()).isEqualTo(lines.records().get(0).id());
		}
	}

}
