package io.telemetryrouter.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import io.telemetryrouter.EventType;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.TelemetryRouter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for handlers that continue after a restart.
 */
class DurableHandlerTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	@TempDir
	Path directory;

	private final List<Object> seen = Collections.synchronizedList(new ArrayList<>());

	record Call(int number) {
	}

	private JournalOptions.Builder options() {
		return JournalOptions.in(this.directory).fsync(Fsync.NEVER).segmentSize(8 << 10);
	}

	private void run(JournalMode mode, JournalOptions options, boolean subscribes, int from, int to) {
		try (Journal journal = Journal.open(options)) {
			try (TelemetryRouter router = TelemetryRouter.builder().build()) {
				router.subscribe(journal.handler(mode).mutate().id("journal").build());
				if (subscribes) {
					router.subscribe(HandlerSpec.on("call")
						.id("durable/*")
						.async()
						.overflow(OverflowPolicy.SPILL)
						.maxQueue(5)
						.durable(true)
						.handler((event, payload) -> this.seen.add(payload))
						.build());
				}
				for (int i = from; i < to; i++) {
					router.emit("call", new Call(i));
					router.emit("other", i);
				}
				assertThat(router.flush(LIMIT).complete()).isTrue();
			}
		}
	}

	private static List<Object> calls(int from, int to) {
		return IntStream.range(from, to).<Object>mapToObj(Call::new).toList();
	}

	private JournalOptions withContracts() {
		return options().reading(JsonMapper.shared(), List.of(), List.of(EventType.of("call", Call.class))).build();
	}

	@ParameterizedTest
	@EnumSource
	void whenProcessIsStartedAgainThenTheHandlerGetsWhatItHasMissedAndRepeatsNothing(JournalMode mode) {
		run(mode, withContracts(), true, 0, 300);
		assertThat(this.seen).isEqualTo(calls(0, 300));
		run(mode, withContracts(), false, 300, 600);
		run(mode, withContracts(), true, 600, 900);
		assertThat(this.seen).isEqualTo(calls(0, 900));
	}

	@Test
	void whenTheClassOfPayloadsIsUnknownThenThoseOfEarlierProcessesAreMaps() {
		run(JournalMode.SYNC, options().build(), true, 0, 1);
		run(JournalMode.SYNC, options().build(), false, 1, 2);
		run(JournalMode.SYNC, options().build(), true, 2, 3);
		assertThat(this.seen).containsExactly(new Call(0), Map.of("number", 1), new Call(2));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "000000000000000000a 00000000", "0000000000000000042 00000000", "x" })
	void whenTheCursorIsDamagedThenTheHandlerGetsAllAndThatIsReported(String damaged) throws IOException {
		run(JournalMode.SYNC, withContracts(), true, 0, 5);
		Files.writeString(cursor(), damaged);
		this.seen.clear();
		try (CapturedLog log = new CapturedLog()) {
			run(JournalMode.SYNC, withContracts(), true, 5, 10);
			assertThat(log.lines("is damaged")).hasSize(1);
		}
		assertThat(this.seen).isEqualTo(calls(0, 10));
	}

	@Test
	void whenLinesWereLostThenTheCursorIsNotBehindTheirSuccessors() throws IOException {
		run(JournalMode.SYNC, withContracts(), true, 0, 10);
		Path segment = Lines.segments(this.directory).get(0);
		// As after the loss of a machine: the cursor is there, and some lines are not.
		Files.write(segment, Files.readAllLines(segment).subList(0, 10));
		this.seen.clear();
		run(JournalMode.SYNC, withContracts(), false, 100, 110);
		run(JournalMode.SYNC, withContracts(), true, 110, 112);
		assertThat(this.seen).isEqualTo(calls(100, 112));
	}

	@Test
	void whenRetentionHasDeletedWhatTheCursorHasNotPassedThenTheHandlerGoesOnBehindItAndThatIsReported() {
		run(JournalMode.SYNC, options().retentionSize(24 << 10).build(), true, 0, 1);
		run(JournalMode.SYNC, options().retentionSize(24 << 10).build(), false, 1, 1000);
		this.seen.clear();
		try (CapturedLog log = new CapturedLog()) {
			run(JournalMode.SYNC, withContracts(), true, 1000, 1001);
			assertThat(log.lines("are gone")).singleElement().asString().contains("' had not reached lines 3 to ");
		}
		int first = ((Call) this.seen.get(0)).number();
		assertThat(first).isGreaterThan(500);
		assertThat(this.seen).isEqualTo(calls(first, 1001));
	}

	@Test
	void whenLinesWithinTheBacklogAreGoneThenThatIsReported() throws IOException {
		run(JournalMode.SYNC, withContracts(), true, 0, 1);
		run(JournalMode.SYNC, withContracts(), false, 1, 200);
		this.seen.clear();
		List<Path> segments = Lines.segments(this.directory);
		Files.delete(segments.get(2));
		byte[] bytes = Files.readAllBytes(segments.get(4));
		bytes[10] ^= 1;
		Files.write(segments.get(4), bytes);
		try (CapturedLog log = new CapturedLog()) {
			run(JournalMode.SYNC, withContracts(), true, 200, 201);
			long first = Long.parseLong(segments.get(2).getFileName().toString().substring(8, 27));
			long next = Long.parseLong(segments.get(3).getFileName().toString().substring(8, 27));
			String cursor = "Cursor 'durable%2f%2a.cursor' in journal '" + this.directory + "' had not reached ";
			assertThat(log.lines("gone")).containsExactly(
					cursor + "lines " + first + " to " + (next - 1)
							+ ", which are gone: its handler continues with line " + next,
					cursor + "further lines that are gone: 1");
		}
		assertThat(this.seen).endsWith(new Call(199), new Call(200));
	}

	/** As when too many files are open. */
	@Test
	void whenTheBacklogCannotBeReadThenTheCursorWaitsForTheNextStart() throws IOException {
		run(JournalMode.SYNC, withContracts(), true, 0, 1);
		run(JournalMode.SYNC, withContracts(), false, 1, 200);
		Path segment = Lines.segments(this.directory).get(2);
		Path kept = Files.move(segment, this.directory.resolve("kept"));
		Files.createDirectory(segment);
		this.seen.clear();
		run(JournalMode.SYNC, withContracts(), true, 200, 201);
		assertThat(this.seen).startsWith(new Call(1)).endsWith(new Call(200)).doesNotContain(new Call(199));
		Files.delete(segment);
		Files.move(kept, segment);
		run(JournalMode.SYNC, withContracts(), true, 201, 202);
		assertThat(this.seen).containsAll(calls(1, 202)).endsWith(new Call(200), new Call(201));
	}

	/** Names of files have 255 bytes at most. */
	@ParameterizedTest
	@ValueSource(strings = { "A", "\u540d", "a" })
	void whenTheIdIsLongThenTheHandlerIsDurable(String letter) {
		for (int i = 0; i < 2; i++) {
			try (Journal journal = Journal.open(options().build());
					TelemetryRouter router = TelemetryRouter.builder().build()) {
				router.subscribe(journal.handler(JournalMode.SYNC));
				for (String end : List.of("1", "2")) {
					router.subscribe(HandlerSpec.on("call" + end)
						.id(letter.repeat(300) + end)
						.async()
						.overflow(OverflowPolicy.SPILL)
						.durable(true)
						.handler((event, payload) -> this.seen.add(event + payload))
						.build());
				}
				router.emit("call1", i);
				assertThat(router.flush(LIMIT).complete()).isTrue();
			}
			try (Journal journal = Journal.open(options().build())) {
				journal.append(new TestEvent("call2", i));
			}
		}
		assertThat(this.seen).containsExactlyInAnyOrder("call10", "call20", "call11");
	}

	private Path cursor() throws IOException {
		try (var files = Files.list(this.directory.resolve("cursors"))) {
			List<Path> all = files.toList();
			assertThat(all).singleElement().asString().endsWith("durable%2f%2a.cursor");
			return all.get(0);
		}
	}

}
