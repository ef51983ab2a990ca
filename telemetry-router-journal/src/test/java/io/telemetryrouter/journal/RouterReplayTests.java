package io.telemetryrouter.journal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.EventType;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.RunScope;
import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.TelemetryRouter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for replays to the handlers of a router.
 */
class RouterReplayTests {

	@TempDir
	Path directory;

	private final List<Object> seen = new ArrayList<>();

	record Call(String model, int tokens) {
	}

	/** What {@link Call} was once, and what it may be one day. */
	record OtherCall(String model, int tokens, String count, List<String> tags) {
	}

	private void record(Consumer<TelemetryRouter> emits) {
		record(new EventAttributes() {
		}, emits);
	}

	private void record(EventAttributes attributes, Consumer<TelemetryRouter> emits) {
		JournalOptions options = JournalOptions.in(this.directory)
			.maxPayload(1024)
			.attributes(attributes)
			.encoder((event, payload, out) -> {
				if (event.equals("secret")) {
					throw new IllegalStateException();
				}
				PayloadEncoder.json().encode(event, payload, out);
			})
			.build();
		try (Journal journal = Journal.open(options); TelemetryRouter router = TelemetryRouter.builder().build()) {
			router.subscribe(journal.handler(JournalMode.SYNC));
			emits.accept(router);
		}
	}

	private ReplayReport replay(TelemetryRouter router, JournalQuery query, EventUpcaster... upcasters) {
		return new TelemetryReplayer(this.directory, router, JsonMapper.shared(), List.of(upcasters), List.of())
			.replayToHandlers(query, Pacing.fullSpeed());
	}

	private <T> HandlerSpec<T> handler(String pattern, Class<T> type) {
		return HandlerSpec.on(pattern)
			.payloadType(type)
			.id(pattern + type.getSimpleName())
			.replay(true)
			.handler((event, payload) -> this.seen.add(payload))
			.build();
	}

	@Test
	void whenEventsAreReplayedThenPayloadsComeBackAsTheirRecords() {
		record((router) -> {
			router.emit("call", new Call("m", 3));
			router.emit("untyped", new Call("n", 4));
			router.emit("nothing", null);
		});
		try (TelemetryRouter router = TelemetryRouter.builder().build()) {
			router.subscribe(handler("call", Call.class));
			router.subscribe(handler("**", Object.class));
			router.subscribe(HandlerSpec.onPayload(Call.class)
				.id("selects")
				.replay(true)
				.handler((event, payload) -> this.seen.add("selected " + payload.model()))
				.build());
			ReplayReport report = replay(router, JournalQuery.all());
			assertThat(report).isEqualTo(new ReplayReport(3, 3, 0, 0, 0, 0, 0, 0, false, List.of(), List.of()));
			assertThat(this.seen.get(0)).isEqualTo(new Call("m", 3)).isSameAs(this.seen.get(1));
			assertThat(this.seen.subList(2, 4)).containsExactly("selected m", Map.of("model", "n", "tokens", 4));
			assertThat(this.seen.get(4)).isNull();
		}
	}

	@Test
	void whenEventHasAContractThenItsPayloadIsOfThatClass() {
		record((router) -> router.emit("call", new Call("m", 3)));
		try (TelemetryRouter router = TelemetryRouter.builder().build()) {
			router.subscribe(handler("**", Object.class));
			new TelemetryReplayer(this.directory, router, JsonMapper.shared(), List.of(),
					List.of(EventType.of("call", Call.class)))
				.replayToHandlers(JournalQuery.all(), Pacing.fullSpeed());
			assertThat(this.seen).containsExactly(new Call("m", 3));
		}
	}

	@Test
	void whenEventIsReplayedThenEnvelopeIsThatOfTheLine() {
		record((router) -> {
			RunScope outer = router.openRun("run-0");
			RunScope run = router.openRun("run-1");
			router.emit("a", 1);
			run.close();
			outer.close();
			router.emit("a", 2);
		});
		JournalRecord line = Lines.read(this.directory).records().get(0);
		List<TelemetryEvent<Object>> events = new ArrayList<>();
		try (TelemetryRouter router = TelemetryRouter.builder().build()) {
			router.subscribe(HandlerSpec.on("a").replay(true).eventHandler((event) -> {
				events.add(event);
				router.emit("b", null);
			}).build());
			router.subscribe(HandlerSpec.on("b").eventHandler(events::add).build());
			replay(router, JournalQuery.all().run("run-1"));
		}
		// What a handler emits is of the same run.
		assertThat(events).hasSize(2).allSatisfy((event) -> {
			assertThat(event.runId()).isEqualTo("run-1");
			assertThat(event.parentRunId()).isEqualTo("run-0");
		});
		assertThat(events.get(0)).satisfies((event) -> {
			assertThat(event.replayed()).isTrue();
			assertThat(event.id()).hasToString(line.id());
			assertThat(event.timestamp()).isEqualTo(line.time());
			assertThat(event.sequence()).isEqualTo(line.sequence());
		});
	}

	@Test
	void whenEventsFieldsOrPayloadsAreUnknownThenTheyAreSkippedCountedAndListed() throws Exception {
		record((router) -> {
			router.emit("nobody", 1);
			router.emit("call", new OtherCall("hush", 1, "hush", List.of("hush")));
			router.emit("call", new OtherCall("hush", 1, "hush", List.of("hush")));
			router.emit("call", List.of("hush"));
			router.emit("secret", "hush");
			router.emit("text", "hush".repeat(1000));
			router.emit("text", "ok");
		});
		try (TelemetryRouter router = TelemetryRouter.builder().build()) {
			router.subscribe(handler("call", Call.class));
			router.subscribe(handler("secret", Object.class));
			router.subscribe(handler("text", String.class));
			ReplayReport report = replay(router, JournalQuery.all());
			assertThat(report.read()).isEqualTo(7);
			assertThat(report.replayed()).isEqualTo(6);
			assertThat(report.unhandled()).isEqualTo(1);
			assertThat(report.unknownFields()).isEqualTo(4);
			assertThat(report.unreadable()).isEqualTo(3);
			String call = Call.class.getName();
			assertThat(report.remarks()).containsExactly("Event 'nobody': no handler has opted in to its replay",
					"Event 'call': " + call + " has no 'count'", "Event 'call': " + call + " has no 'tags'",
					"Event 'call': its payload cannot be read as " + call
							+ ": tools.jackson.databind.exc.MismatchedInputException, first in line 4",
					"Event 'secret': its payload is redacted, first in line 5",
					"Event 'text': its payload is truncated, first in line 6");
			assertThat(this.seen).containsExactly(new Call("hush", 1), new Call("hush", 1), "ok");
			assertThat(router.handlerSnapshot("callCall").account().dropped().get(DropReason.TYPE_MISMATCH)).isOne();
			assertThat(router.handlerSnapshot("callCall").account().isBalanced()).isTrue();
		}
	}

	@Test
	void whenPayloadCannotBeReadThenLogNamesTheExceptionWithoutItsMessage() {
		record((router) -> router.emit("call", List.of("hush")));
		System.Logger logger = System.getLogger(Journal.class.getName());
		try (CapturedLog log = new CapturedLog()) {
			try (TelemetryRouter router = TelemetryRouter.builder().logger(logger).build()) {
				router.subscribe(handler("call", Call.class));
				replay(router, JournalQuery.all());
			}
			assertThat(log.lines("cannot be read (")).singleElement()
				.asString()
				.contains("(tools.jackson.databind.exc.MismatchedInputException)")
				.doesNotContain("hush");
		}
	}

	@Test
	void whenLinesAreDamagedAndSegmentsMissingThenTheRestIsReplayed() throws Exception {
		JournalOptions options = JournalOptions.in(this.directory).segmentSize(4 << 10).build();
		try (Journal journal = Journal.open(options)) {
			for (int i = 1; i <= 60; i++) {
				journal.append(new TestEvent("a", i));
			}
		}
		List<Path> segments = Lines.segments(this.directory);
		long second = JournalReader.segments(this.directory).get(1).firstSequence();
		long third = JournalReader.segments(this.directory).get(2).firstSequence();
		Files.delete(segments.get(1));
		byte[] bytes = Files.readAllBytes(segments.get(0));
		bytes[20] ^= 1;
		Files.write(segments.get(0), bytes);
		try (TelemetryRouter router = TelemetryRouter.builder().build()) {
			router.subscribe(handler("a", Integer.class));
			ReplayReport report = replay(router, JournalQuery.all());
			assertThat(report.damaged()).isEqualTo(1);
			assertThat(report.missing()).isEqualTo(1 + third - second);
			assertThat(report.problems()).hasSize(3);
			assertThat(report.replayed()).isEqualTo(this.seen.size()).isEqualTo(60 - 1 - (third - second));
			assertThat(this.seen).doesNotContain(1, (int) second).contains(2, (int) third, 60);
		}
	}

	@Test
	void whenPayloadIsOfAnEarlierVersionThenUpcastersBringItToTheLatest() {
		EventAttributes versions = new EventAttributes() {

			@Override
			public String dataSchema(TelemetryEvent<?> event) {
				return event.payload() instanceof Call ? "urn:app:call:3" : null;
			}

		};
		record(versions, (router) -> {
			router.emit("call", Map.of("name", "one"));
			router.emit("call", new Call("three", 3));
		});
		EventUpcaster renamed = upcaster("call", 1, (data) -> data.set("model", data.remove("name")));
		EventUpcaster counted = upcaster("call", 2, (data) -> data.put("tokens", 100));
		try (TelemetryRouter router = TelemetryRouter.builder().build()) {
			router.subscribe(handler("call", Call.class));
			assertThat(replay(router, JournalQuery.all(), counted, renamed).remarks()).isEmpty();
			assertThat(this.seen).containsExactly(new Call("one", 100), new Call("three", 3));
			EventUpcaster failing = upcaster("call", 1, (data) -> {
				throw new IllegalStateException("hush");
			});
			assertThat(replay(router, JournalQuery.all(), failing).remarks()).singleElement()
				.asString()
				.contains("IllegalStateException, first in line 1")
				.doesNotContain("hush");
			assertThatIllegalArgumentException().isThrownBy(() -> replay(router, JournalQuery.all(), failing, renamed))
				.withMessageContaining("Two upcasters take version 1 of event 'call'");
		}
	}

	private static EventUpcaster upcaster(String event, int version, Consumer<ObjectNode> change) {
		return new EventUpcaster() {

			@Override
			public String event() {
				return event;
			}

			@Override
			public int fromVersion() {
				return version;
			}

			@Override
			public JsonNode upcast(JsonNode data) {
				change.accept((ObjectNode) data);
				return data;
			}

		};
	}

	@Test
	void whenJournalIsLiveThenNothingIsJournalledAgainAndTheReplayEnds() {
		try (Journal journal = Journal.open(JournalOptions.in(this.directory).build());
				TelemetryRouter router = TelemetryRouter.builder().build()) {
			router.subscribe(journal.handler(JournalMode.SYNC));
			router.emit("a", 1);
			router.emit("a", 2);
			router.subscribe(HandlerSpec.on("a").id("answers").replay(true).handler((event, payload) -> {
				this.seen.add(payload);
				router.emit("a.answer", payload);
			}).build());
			assertThat(replay(router, JournalQuery.all()).replayed()).isEqualTo(2);
			assertThat(this.seen).containsExactly(1, 2);
			assertThat(Lines.read(this.directory).names()).containsExactly("a", "a", "a.answer", "a.answer");
			// A handler that answers itself would never come to an end.
			router.subscribe(HandlerSpec.on("a.answer").replay(true).handler((event, payload) -> {
				if (this.seen.size() < 1000) {
					this.seen.add(payload);
					journal.append(new TestEvent("a.answer", payload));
				}
			}).build());
			this.seen.clear();
			replay(router, JournalQuery.all().name("a.answer"));
			assertThat(this.seen).hasSize(2);
		}
	}

	@Test
	void whenReplayIsPacedOrInterruptedThenItSaysSo() {
		record((router) -> {
			router.emit("a", 1);
			router.emit("a", 2);
		});
		try (TelemetryRouter router = TelemetryRouter.builder().build()) {
			List<Duration> offsets = new ArrayList<>();
			TelemetryReplayer replayer = new TelemetryReplayer(this.directory.resolve("none"), router,
					JsonMapper.shared(), List.of(), List.of())
				.in(this.directory);
			router.subscribe(HandlerSpec.on("a").replay(true).handler((event, payload) -> {
				this.seen.add(payload);
				Thread.currentThread().interrupt();
			}).build());
			ReplayReport report = replayer.replayToHandlers(JournalQuery.all(), offsets::add);
			assertThat(Thread.interrupted()).isTrue();
			assertThat(report.interrupted()).isTrue();
			assertThat(this.seen).containsExactly(1);
			assertThat(offsets).startsWith(Duration.ZERO);
		}
		assertThatIllegalStateException().isThrownBy(
				() -> new TelemetryReplayer(this.directory).replayToHandlers(JournalQuery.all(), Pacing.fullSpeed()));
	}

}
