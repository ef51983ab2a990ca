package io.telemetryrouter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A full queue drops best-effort events before critical ones. Events whose name begins
 * with a {@code C} are critical.
 */
class CriticalEventTests {

	private TelemetryRouter router = TelemetryRouter.builder().criticalEvents((name) -> name.startsWith("C")).build();

	private final CountDownLatch begun = new CountDownLatch(1);

	private final CountDownLatch gate = new CountDownLatch(1);

	private final List<String> handled = Collections.synchronizedList(new ArrayList<>());

	@AfterEach
	void close() {
		this.gate.countDown();
		this.router.close();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			# One that comes takes the place of the oldest best-effort event
			DROP_NEWEST | b1 b2 b3 C1       | b2 b3 C1 | 1
			DROP_OLDEST | b1 b2 b3 C1       | b2 b3 C1 | 1
			DROP_NEWEST | C1 b1 C2 C3       | C1 C2 C3 | 1
			DROP_OLDEST | C1 C2 b1 C3       | C1 C2 C3 | 1
			# One that is queued stays
			DROP_OLDEST | C1 b1 b2 b3       | C1 b2 b3 | 1
			DROP_OLDEST | C1 b1 C2 b2 b3 b4 | C1 C2 b4 | 3
			DROP_OLDEST | b1 C1 b2 b3 C2 b4 | C1 C2 b4 | 3
			DROP_NEWEST | C1 b1 b2 b3 b4    | C1 b1 b2 | 2
			# Critical ones only
			DROP_NEWEST | C1 C2 C3 b1 b2    | C1 C2 C3 | 2
			DROP_OLDEST | C1 C2 C3 b1 b2    | C1 C2 C3 | 2
			DROP_NEWEST | C1 C2 C3 C4 C5    | C1 C2 C3 | 2
			DROP_OLDEST | C1 C2 C3 C4 C5    | C3 C4 C5 | 2
			DROP_OLDEST | b1 C1 C2 C3 C4 b2 | C2 C3 C4 | 3
			DROP_NEWEST | b1 C1 C2 C3 C4 b2 | C1 C2 C3 | 3
			""")
	void whenQueueIsFullThenBestEffortEventsGoFirst(OverflowPolicy policy, String emitted, String kept, int dropped) {
		hang(policy, 3);
		emit(emitted);
		assertThat(Books.of(this.router, "lane").queued()).isEqualTo(3);
		assertThat(Books.of(this.router, "lane").dropped()).containsEntry(DropReason.QUEUE_FULL, (long) dropped);
		release();
		assertThat(String.join(" ", this.handled)).isEqualTo("first " + kept);
	}

	@ParameterizedTest
	@EnumSource(value = OverflowPolicy.class, names = { "DROP_NEWEST", "DROP_OLDEST" })
	void whenQueueHadSparedEventsThenItHoldsToItsCapacityAndOrderAfterwards(OverflowPolicy policy) {
		hang(policy, 3);
		emit("b1 C1 C2 C3");
		release();
		this.handled.clear();
		emit("b5 b6 C7");
		Books.balanced(this.router);
		assertThat(this.handled).containsExactly("b5", "b6", "C7");
	}

	@Test
	void whenSparedEventIsTheOldestThenTheAgeOfTheQueueIsIts() {
		ManualTime time = new ManualTime();
		this.router.close();
		this.router = time.router().criticalEvents((name) -> name.startsWith("C")).build();
		hang(OverflowPolicy.DROP_OLDEST, 2);
		emit("C1");
		time.advance(Duration.ofSeconds(3));
		emit("b1 b2");
		time.advance(Duration.ofSeconds(1));
		assertThat(this.router.handlerSnapshot("lane").oldestAge()).isEqualTo(Duration.ofSeconds(4));
	}

	@Test
	void whenSparedEventsAreHandledThenTheLaneDoesNotGoOnLooking() {
		Set<Thread> before = Thread.getAllStackTraces().keySet();
		hang(OverflowPolicy.DROP_OLDEST, 2);
		emit("C1 b1 b2");
		release();
		Books.eventually(() -> Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().equals("telemetry-router-lane") && !before.contains(thread))
			.noneMatch((thread) -> thread.getState() == Thread.State.RUNNABLE));
	}

	@Test
	void whenPayloadSaysThatItIsCriticalThenItsEventIsSpared() {
		this.router.close();
		this.router = TelemetryRouter.builder().build();
		hang(OverflowPolicy.DROP_OLDEST, 2);
		this.router.emit(EventType.of(Verdict.class), new Verdict());
		emit("b1 b2 b3");
		release();
		assertThat(this.handled).containsExactly("first", "verdict", "b3");
	}

	@Test
	void whenChoiceOfCriticalEventsThrowsThenNoneIsCriticalAndTheEmitterNotDisturbed() {
		this.router.close();
		this.router = TelemetryRouter.builder().criticalEvents((name) -> {
			throw new IllegalStateException("choice");
		}).build();
		hang(OverflowPolicy.DROP_OLDEST, 2);
		emit("C1 b1 b2");
		release();
		assertThat(this.handled).containsExactly("first", "b1", "b2");
	}

	@Test
	void whenHandlerWithSparedEventsLeavesThenTheyAreCountedAsUnsubscribed() {
		Subscription subscription = hang(OverflowPolicy.DROP_OLDEST, 3);
		emit("C1 b1 C2 b2");
		subscription.close();
		this.gate.countDown();
		Books.eventually(
				() -> this.router.snapshot().retired().isBalanced() && this.router.snapshot().retired().handled() == 1);
		assertThat(this.router.snapshot().retired().dropped()).containsEntry(DropReason.UNSUBSCRIBED, 3L)
			.containsEntry(DropReason.QUEUE_FULL, 1L);
	}

	@Test
	void whenSparedEventsAreLeftThenAFlushIsNotComplete() {
		hang(OverflowPolicy.DROP_OLDEST, 2);
		emit("C1 b1 b2");
		FlushResult result = this.router.flush(Duration.ofMillis(1));
		assertThat(result.complete()).isFalse();
		assertThat(result.pendingByHandler()).containsEntry("lane", 3L);
	}

	@Test
	void whenASparedEventIsOfARunThenTheFlushOfTheRunIsNotComplete() {
		hang(OverflowPolicy.DROP_OLDEST, 2);
		this.router.forRun("run").emit("C1", null);
		emit("b1 b2");
		assertThat(this.router.flushRun("run", Duration.ZERO)).isEqualTo(new FlushResult(false, Map.of("lane", 1L)));
	}

	@Test
	void whenHandlerIsPausedThenSparedEventsWaitToo() {
		hang(OverflowPolicy.DROP_OLDEST, 2);
		emit("C1 b1 b2");
		this.router.pause("lane");
		this.gate.countDown();
		Books.eventually(() -> Books.of(this.router, "lane").running() == 0);
		assertThat(this.handled).containsExactly("first");
		emit("b3 C2");
		this.router.resume("lane");
		Books.balanced(this.router);
		assertThat(this.handled).containsExactly("first", "C1", "C2");
	}

	@RepeatedTest(20)
	@Tag("stress")
	void whenManyEmittersOverflowThenEveryThreadsCriticalEventsStayInOrderAndAllAreCounted() throws Exception {
		int threads = 3;
		int rounds = 400;
		List<List<Integer>> seen = new ArrayList<>();
		for (int i = 0; i < threads; i++) {
			seen.add(Collections.synchronizedList(new ArrayList<>()));
		}
		AtomicInteger calls = new AtomicInteger();
		this.router.subscribe(HandlerSpec.on("*")
			.id("lane")
			.async()
			.maxQueue(8)
			.overflow(OverflowPolicy.DROP_OLDEST)
			.handler((name, payload) -> {
				int[] number = (int[]) payload;
				seen.get(number[0]).add(number[1]);
				calls.incrementAndGet();
			})
			.build());
		Parallel.run(threads, (thread) -> {
			for (int i = 0; i < rounds; i++) {
				this.router.emit((i % 5 == 0) ? "C" : "b", new int[] { thread, i });
			}
		});
		HandlerAccount account = Books.total(Books.balanced(this.router));
		assertThat(account.handled()).isEqualTo(calls.get());
		assertThat(account.offered()).isEqualTo(threads * rounds);
		assertThat(seen).allSatisfy((numbers) -> assertThat(numbers).isSorted().doesNotHaveDuplicates());
	}

	private Subscription hang(OverflowPolicy policy, int capacity) {
		Subscription subscription = this.router.subscribe(
				HandlerSpec.on("*").id("lane").async().maxQueue(capacity).overflow(policy).handler((name, payload) -> {
					this.handled.add(name);
					this.begun.countDown();
					Books.pass(this.gate);
				}).build());
		emit("first");
		Books.pass(this.begun);
		return subscription;
	}

	private void emit(String names) {
		for (String name : names.split(" ")) {
			this.router.emit(name, null);
		}
	}

	private void release() {
		this.gate.countDown();
		Books.balanced(this.router);
	}

	@TelemetryEventType(value = "verdict", critical = true)
	record Verdict() {
	}

}
