package io.telemetryrouter.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.Sensitive;
import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.TelemetryRouter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for handlers that fall behind and read back from the journal.
 */
class SpillTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	@TempDir
	Path directory;

	private final List<Object> seen = Collections.synchronizedList(new ArrayList<>());

	private final CountDownLatch open = new CountDownLatch(1);

	private final CountDownLatch begun = new CountDownLatch(1);

	private final TelemetryRouter router = TelemetryRouter.builder().build();

	record Call(String model, long tokens) {
	}

	record Login(@Sensitive int pin, @Sensitive @Nullable List<String> codes, String user) {
	}

	@AfterEach
	void close() {
		this.open.countDown();
		this.router.close();
	}

	private JournalOptions.Builder options() {
		return JournalOptions.in(this.directory).fsync(Fsync.NEVER);
	}

	private HandlerSpec.Builder<Object> slow() {
		return HandlerSpec.on("a").id("slow").async().overflow(OverflowPolicy.SPILL).maxQueue(2);
	}

	private void subscribeSlow() {
		this.router.subscribe(slow().handler((event, payload) -> {
			this.begun.countDown();
			this.open.await();
			this.seen.add(payload);
		}).build());
	}

	/** The first three are not spilled: the handler has one, its queue two. */
	private void emit(List<?> payloads) throws InterruptedException {
		for (Object payload : payloads) {
			this.router.emit("a", payload);
			assertThat(this.begun.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
		}
	}

	private static List<Call> calls(int count) {
		return IntStream.range(0, count).mapToObj((number) -> new Call("m-" + number % 3, number)).toList();
	}

	private HandlerAccount slowAccount() {
		assertThat(this.router.flush(LIMIT).complete()).isTrue();
		HandlerSnapshot slow = this.router.handlerSnapshot("slow");
		assertThat(slow).isNotNull();
		assertThat(slow.account()).matches(HandlerAccount::isBalanced, "balanced");
		return slow.account();
	}

	@ParameterizedTest
	@EnumSource
	void whenHandlerIsSlowerThanABurstThenItHandlesAllInOrderAndNoEmitterWaitsForIt(JournalMode mode) throws Exception {
		int burst = 100_000;
		List<Call> calls = calls(burst);
		try (Journal journal = Journal.open(options().segmentSize(1 << 20).build())) {
			HandlerSpec.Builder<Object> handler = journal.handler(mode).mutate();
			this.router.subscribe((mode == JournalMode.ASYNC) ? handler.maxQueue(burst).build() : handler.build());
			subscribeSlow();
			// All emits return while the handler is at its first event.
			emit(calls);
			HandlerSnapshot slow = this.router.handlerSnapshot("slow");
			assertThat(slow.account().handled()).isZero();
			assertThat(slow.spilled()).isEqualTo(burst - 3);
			this.open.countDown();
			assertThat(slowAccount().handled()).isEqualTo(burst);
			assertThat(this.seen).isEqualTo(calls);
		}
	}

	/** The journal has {@code null} for these parts. */
	@Test
	void whenSensitivePartsAreNumbersAndListsThenTheEventsAreReadBackWithoutThem() throws Exception {
		JsonMapper strict = JsonMapper.builder()
			.enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
					DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
			.build();
		try (Journal journal = Journal.open(options().reading(strict, List.of(), List.of()).build())) {
			this.router.subscribe(journal.handler(JournalMode.SYNC));
			subscribeSlow();
			emit(IntStream.range(0, 4).mapToObj((pin) -> new Login(1 + pin, List.of(), "u")).toList());
			this.open.countDown();
			assertThat(slowAccount().handled()).isEqualTo(4);
			assertThat(this.seen).element(3).isEqualTo(new Login(0, null, "u"));
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenThreadsEmitManyEventsOfWhichSomeAreSpilledThenThoseOfEachThreadKeepTheirOrder(JournalMode mode)
			throws Exception {
		int threads = 4;
		int each = 5_000;
		Map<Integer, List<Integer>> order = new ConcurrentHashMap<>();
		try (Journal journal = Journal.open(options().segmentSize(256 << 10).build())) {
			HandlerSpec.Builder<Object> handler = journal.handler(mode).mutate();
			this.router.subscribe(
					(mode == JournalMode.ASYNC) ? handler.maxQueue(threads * each * 2).build() : handler.build());
			this.router.subscribe(slow().handler((event, payload) -> {
				int value = (Integer) payload;
				order.computeIfAbsent(value / each, (thread) -> new ArrayList<>()).add(value % each);
			}).build());
			List<Thread> emitters = new ArrayList<>();
			for (int i = 0; i < threads; i++) {
				int first = i * each;
				emitters.add(new Thread(() -> {
					for (int number = first; number < first + each; number++) {
						this.router.emit("a", number);
						this.router.emit("other", "x".repeat(number % 500));
					}
				}));
			}
			emitters.forEach(Thread::start);
			for (Thread emitter : emitters) {
				emitter.join();
			}
			assertThat(slowAccount().handled()).isEqualTo(threads * each);
			assertThat(order.values()).hasSize(threads)
				.allSatisfy((values) -> assertThat(values).isEqualTo(IntStream.range(0, each).boxed().toList()));
		}
	}

	@Test
	void whenPayloadIsReadBackThenItHasTheClassThatWasEmitted() throws Exception {
		List<Object> payloads = List.of(1, 2, 3, new Call("m", 1), 7, 8L, 1.5, "text", true, Map.of("k", List.of(1)),
				List.of("x"), LIMIT, DropReason.CLOSED);
		try (Journal journal = Journal.open(options().build())) {
			this.router.subscribe(journal.handler(JournalMode.SYNC));
			subscribeSlow();
			emit(payloads);
			this.router.emit("a", null);
			this.open.countDown();
			assertThat(slowAccount().handled()).isEqualTo(payloads.size() + 1);
			assertThat(this.seen.subList(0, payloads.size())).isEqualTo(payloads);
			assertThat(this.seen.get(payloads.size())).isNull();
		}
	}

	@Test
	void whenEventIsReadBackThenItIsTheSameButForWhatTheJournalDoesNotHave() throws Exception {
		List<TelemetryEvent<?>> emitted = new ArrayList<>();
		List<TelemetryEvent<?>> handled = Collections.synchronizedList(new ArrayList<>());
		try (Journal journal = Journal.open(options().build())) {
			this.router.subscribe(journal.handler(JournalMode.SYNC));
			this.router.subscribe(HandlerSpec.on("a").eventHandler(emitted::add).build());
			this.router.subscribe(slow().eventHandler((event) -> {
				this.open.await();
				handled.add(event);
			}).build());
			for (Call call : calls(8)) {
				this.router.forRun("run-1").emit("a", call);
			}
			this.open.countDown();
			slowAccount();
		}
		for (int i = 0; i < 8; i++) {
			TelemetryEvent<?> event = handled.get(i);
			assertThat(event.id()).isEqualTo(emitted.get(i).id());
			assertThat(event.sequence()).isEqualTo(emitted.get(i).sequence());
			assertThat(event.timestamp()).isEqualTo(emitted.get(i).timestamp());
			assertThat(event.runId()).isEqualTo("run-1");
			assertThat(event.runSequence()).isEqualTo(i + 1);
			assertThat(event.replayed()).isFalse();
		}
	}

	@Test
	void whenDiskFailsThenWhatIsNotWrittenIsCounted() throws Exception {
		FaultyDisk disk = new FaultyDisk();
		try (Journal journal = Journal.open(options().build(), disk)) {
			this.router.subscribe(journal.handler(JournalMode.ASYNC).mutate().maxQueue(1000).build());
			subscribeSlow();
			emit(calls(10));
			assertThat(this.router.flush("journal", LIMIT).complete()).isTrue();
			disk.room = 100;
			for (Call call : calls(5)) {
				this.router.emit("a", call);
			}
			this.router.flush("journal", LIMIT);
			assertThat(journal.status().lost()).containsEntry(LossReason.IO_ERROR, 5L);
			disk.room = -1;
			for (Call call : calls(3)) {
				this.router.emit("a", call);
			}
			this.open.countDown();
			HandlerAccount account = slowAccount();
			assertThat(account.offered()).isEqualTo(18);
			assertThat(account.dropped()).containsEntry(DropReason.NOT_JOURNALLED, 5L);
			assertThat(this.seen.subList(10, 13)).isEqualTo(calls(3));
		}
	}

	@Test
	void whenJournalIsClosedThenLaterEventsAreCountedAndEarlierOnesAreReadBack() throws Exception {
		Journal journal = Journal.open(options().build());
		this.router.subscribe(journal.handler(JournalMode.SYNC));
		subscribeSlow();
		emit(calls(10));
		journal.close();
		this.router.emit("a", new Call("late", 1));
		this.open.countDown();
		HandlerAccount account = slowAccount();
		assertThat(account.handled()).isEqualTo(10);
		assertThat(account.dropped()).containsEntry(DropReason.NOT_JOURNALLED, 1L);
	}

	@Test
	void whenSegmentsAreDeletedBeforeTheyAreReadThenTheirEventsAreCounted() throws Exception {
		try (Journal journal = Journal.open(options().segmentSize(8 << 10).retentionSize(24 << 10).build())) {
			this.router.subscribe(journal.handler(JournalMode.SYNC));
			subscribeSlow();
			List<Call> calls = calls(1000);
			emit(calls);
			long first = JournalReader.segments(this.directory).get(0).firstSequence();
			assertThat(first).isGreaterThan(500);
			this.open.countDown();
			HandlerAccount account = slowAccount();
			assertThat(account.dropped()).containsEntry(DropReason.NOT_JOURNALLED, first - 4);
			assertThat(this.seen.subList(3, this.seen.size())).isEqualTo(calls.subList((int) first - 1, 1000));
		}
	}

	@Test
	void whenTheJournalHasNoWholePayloadThenTheEventIsCounted() throws Exception {
		JournalOptions options = options().maxPayload(64).encoder((event, payload, out) -> {
			if (payload.equals("secret")) {
				throw new IllegalStateException();
			}
			PayloadEncoder.json().encode(event, payload, out);
		}).build();
		try (Journal journal = Journal.open(options)) {
			this.router.subscribe(journal.handler(JournalMode.SYNC));
			subscribeSlow();
			emit(List.of(0, 1, 2, "secret", "x".repeat(100), "kept"));
			this.open.countDown();
			assertThat(slowAccount().dropped()).containsEntry(DropReason.NOT_JOURNALLED, 2L);
			assertThat(this.seen).containsExactly(0, 1, 2, "kept");
		}
	}

	@Test
	void whenALineIsDamagedThenItsEventIsCounted() throws IOException, InterruptedException {
		try (Journal journal = Journal.open(options().build())) {
			this.router.subscribe(journal.handler(JournalMode.SYNC));
			subscribeSlow();
			emit(calls(10));
			Path segment = Lines.segments(this.directory).get(0);
			List<String> lines = new ArrayList<>(Files.readAllLines(segment));
			lines.set(5, lines.get(5).replace("tokens", "t0kens"));
			Files.write(segment, lines);
			this.open.countDown();
			assertThat(slowAccount().dropped()).containsEntry(DropReason.NOT_JOURNALLED, 1L);
			assertThat(this.seen).hasSize(9).doesNotContain(new Call("m-2", 5));
		}
	}

}
