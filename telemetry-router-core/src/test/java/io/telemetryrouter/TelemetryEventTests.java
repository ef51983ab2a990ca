package io.telemetryrouter;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.jupiter.params.ParameterizedTest;

import static org.assertj.core.api.Assertions.assertThat;

class TelemetryEventTests {

	private final ManualTime time = new ManualTime();

	private TelemetryRouter router = this.time.router().build();

	private final List<TelemetryEvent<Object>> events = new CopyOnWriteArrayList<>();

	@AfterEach
	void close() {
		this.router.close();
	}

	@Test
	void whenEventIsEmittedThenEnvelopeHoldsNamePayloadAndTime() {
		Object payload = new Object();
		Instant emitted = this.time.instant();
		capture();
		this.router.emit("x", payload);
		TelemetryEvent<Object> event = this.events.get(0);
		assertThat(event.name()).isEqualTo("x");
		assertThat(event.payload()).isSameAs(payload);
		assertThat(event.timestamp()).isEqualTo(emitted);
		assertThat(event.sequence()).isOne();
		assertThat(event).hasToString("TelemetryEvent[name=x, sequence=1]");
	}

	@Test
	void whenHandlersOfOneEmitNeedEnvelopesThenTheyShareOne() throws Exception {
		capture();
		capture();
		this.router.subscribe(HandlerSpec.on("x").async().eventHandler(this.events::add).build());
		this.router.emitAsync("x", 1).get(30, TimeUnit.SECONDS);
		assertThat(this.events).hasSize(3).allSatisfy((event) -> assertThat(event).isSameAs(this.events.get(0)));
	}

	@Test
	void whenEventsFollowThenSequenceAscends() {
		capture();
		for (int i = 0; i < 100; i++) {
			this.router.emit("x", i);
		}
		assertThat(this.events).extracting(TelemetryEvent::sequence).isSorted().doesNotHaveDuplicates().startsWith(1L);
	}

	@Test
	void whenNoHandlerNeedsAnEnvelopeThenEventTakesNoNumber() {
		this.router.subscribe("y", (event, payload) -> {
		});
		capture();
		this.router.emit("x", 1);
		this.router.emit("y", 2);
		this.router.emit("nobody", 3);
		this.router.emit("x", 4);
		assertThat(this.events).extracting(TelemetryEvent::sequence).containsExactly(1L, 2L);
	}

	@Test
	void whenTimestampIsAskedForLateThenItIsStillThatOfTheEmit() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		Instant emitted = this.time.instant();
		this.router.subscribe(HandlerSpec.on("x").async().eventHandler((event) -> {
			release.await();
			this.events.add(event);
		}).build());
		this.router.emit("x", 1);
		this.time.advance(Duration.ofHours(3));
		release.countDown();
		assertThat(this.router.flush(Duration.ofSeconds(60)).complete()).isTrue();
		TelemetryEvent<Object> event = this.events.get(0);
		assertThat(event.timestamp()).isEqualTo(emitted);
		this.time.advance(Duration.ofHours(3));
		assertThat(event.timestamp()).isEqualTo(emitted);
		assertThat(event.id().getMostSignificantBits() >>> 16).isEqualTo(emitted.toEpochMilli());
	}

	@ParameterizedTest
	@ValueSource(longs = { -86_400, -1, 1, 86_400 })
	void whenClockIsSetAfterTheEmitThenTimestampAndIdDoNotShowIt(long seconds) {
		AtomicReference<Instant> wall = new AtomicReference<>(Instant.parse("2026-03-29T01:59:59.123456789Z"));
		try (TelemetryRouter set = TelemetryRouter.builder().clock(wall::get).holdEvents(1).build()) {
			set.subscribe(HandlerSpec.on("x").eventHandler(this.events::add).build());
			Instant emitted = wall.get();
			set.emit("x", 1);
			wall.set(emitted.plusSeconds(seconds));
			set.start();
			set.emit("x", 2);
			wall.set(emitted.plusSeconds(2 * seconds));
			assertThat(this.events).extracting(TelemetryEvent::timestamp)
				.containsExactly(emitted, emitted.plusSeconds(seconds));
			assertThat(this.events.get(0).id().getMostSignificantBits() >>> 16).isEqualTo(emitted.toEpochMilli());
		}
	}

	/** The system's clock is not read for each of many emits. */
	@Test
	void whenManyEventsAreEmittedThenEachHasTheTimeOfItsEmit() {
		try (TelemetryRouter router = TelemetryRouter.builder().build()) {
			router.subscribe(HandlerSpec.on("x").eventHandler(this.events::add).build());
			for (int i = 0; i < 20_000; i++) {
				this.events.clear();
				Instant before = Instant.now();
				router.emit("x", i);
				assertThat(this.events.get(0).timestamp()).isBetween(before.minusNanos(100_000),
						Instant.now().plusNanos(100_000));
			}
		}
	}

	@Test
	void whenIdIsAskedForThenItIsAStableUuidOfVersionSeven() {
		capture();
		this.router.emit("x", 1);
		TelemetryEvent<Object> event = this.events.get(0);
		UUID id = event.id();
		assertThat(id.version()).isEqualTo(7);
		assertThat(id.variant()).isEqualTo(2);
		assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(event.timestamp().toEpochMilli());
		this.time.advance(Duration.ofDays(1));
		assertThat(event.id()).isEqualTo(id);
	}

	@Test
	void whenManyEventsAreEmittedThenIdsAreUniqueAndSortByTime() {
		capture();
		for (int i = 0; i < 5000; i++) {
			this.router.emit("x", i);
			if (i % 50 == 0) {
				this.time.advance(Duration.ofMillis(1));
			}
		}
		List<UUID> ids = this.events.stream().map(TelemetryEvent::id).toList();
		assertThat(ids).doesNotHaveDuplicates();
		List<Long> times = ids.stream().map((id) -> id.getMostSignificantBits() >>> 16).toList();
		assertThat(times).isSorted();
		assertThat(new HashSet<>(times)).hasSize(101);
		// As text too, which is how stores sort them.
		List<String> firstOfEach = new ArrayList<>();
		for (int i = 1; i < ids.size(); i += 50) {
			firstOfEach.add(ids.get(i).toString());
		}
		assertThat(firstOfEach).isSorted();
	}

	@Test
	void whenRoutersDifferThenIdsDiffer() {
		Set<UUID> ids = new HashSet<>();
		for (int i = 0; i < 50; i++) {
			try (CapturedLog log = new CapturedLog(); TelemetryRouter other = this.time.router().build()) {
				other.subscribe(
						HandlerSpec.on("x").id("id reader").eventHandler((event) -> ids.add(event.id())).build());
				other.emit("x", 1);
				assertThat(log.lines("'id reader'")).isEmpty();
			}
		}
		assertThat(ids).hasSize(50);
	}

	@Test
	void whenThreadsAskThenTheyGetTheSameTimeAndId() throws Exception {
		this.router = TelemetryRouter.builder().build();
		Set<String> seen = ConcurrentHashMap.newKeySet();
		for (int i = 0; i < 4; i++) {
			this.router.subscribe(HandlerSpec.on("x")
				.async()
				.eventHandler((event) -> seen.add(event.sequence() + " " + event.timestamp() + " " + event.id()))
				.build());
		}
		for (int i = 0; i < 200; i++) {
			this.router.emitAsync("x", i).get(30, TimeUnit.SECONDS);
		}
		assertThat(seen).hasSize(200);
	}

	@Test
	void whenThreadsEmitThenNumbersAndIdsAreUnique() throws Exception {
		Set<Long> sequences = ConcurrentHashMap.newKeySet();
		Set<UUID> ids = ConcurrentHashMap.newKeySet();
		this.router.subscribe(HandlerSpec.on("x").eventHandler((event) -> {
			sequences.add(event.sequence());
			ids.add(event.id());
		}).build());
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			threads.add(new Thread(() -> {
				for (int j = 0; j < 5000; j++) {
					this.router.emit("x", j);
				}
			}));
		}
		threads.forEach(Thread::start);
		for (Thread thread : threads) {
			thread.join();
		}
		assertThat(sequences).hasSize(20_000);
		assertThat(ids).hasSize(20_000);
	}

	private void capture() {
		this.router.subscribe(HandlerSpec.on("x").eventHandler(this.events::add).build());
	}

}
