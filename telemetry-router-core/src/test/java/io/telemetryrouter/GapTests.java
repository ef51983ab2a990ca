package io.telemetryrouter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * A handler can opt in to reports of its dropped events.
 */
class GapTests {

	private TelemetryRouter router = TelemetryRouter.builder().build();

	private final CountDownLatch begun = new CountDownLatch(1);

	private final CountDownLatch gate = new CountDownLatch(1);

	private final List<TelemetryEvent<?>> handled = Collections.synchronizedList(new ArrayList<>());

	@AfterEach
	void close() {
		this.gate.countDown();
		this.router.close();
	}

	@ParameterizedTest
	@EnumSource(value = OverflowPolicy.class, names = { "DROP_NEWEST", "DROP_OLDEST" })
	void whenEventsWereDroppedThenTheHandlerIsToldOnceBeforeItsNextEvent(OverflowPolicy policy) {
		hang(policy, 2, true);
		emit("a", "b", "c", "d", "e");
		release();
		long firstDropped = (policy == OverflowPolicy.DROP_NEWEST) ? 4 : 2;
		assertThat(names()).isEqualTo((policy == OverflowPolicy.DROP_NEWEST)
				? List.of("first", "telemetry.gap", "a", "b") : List.of("first", "telemetry.gap", "d", "e"));
		assertThat(this.handled.get(1).payload())
			.isEqualTo(new TelemetryGap("lane", firstDropped, firstDropped + 2, Map.of(DropReason.QUEUE_FULL, 3L)));
		assertThat(this.handled.get(1).sequence()).isNegative();
		assertThat(this.handled.stream().map(TelemetryEvent::id)).doesNotHaveDuplicates();
	}

	@Test
	void whenHandlerWasToldThenItsAccountHasOneEventMoreAndNobodyElseHears() {
		List<String> others = new ArrayList<>();
		this.router.subscribe("**", (name, payload) -> others.add(name));
		hang(OverflowPolicy.DROP_NEWEST, 1, true);
		emit("a", "b", "c");
		release();
		HandlerAccount account = Books.of(this.router, "lane");
		assertThat(account.offered()).isEqualTo(5);
		assertThat(account.handled()).isEqualTo(3);
		assertThat(account.droppedTotal()).isEqualTo(2);
		assertThat(account.isBalanced()).isTrue();
		assertThat(others).containsExactly("first", "a", "b", "c");
		assertThat(this.router.snapshot().events()).doesNotContainKey(TelemetryGap.EVENT);
	}

	@Test
	void whenThereAreTwoBurstsThenEachIsToldOnce() {
		CountDownLatch second = new CountDownLatch(1);
		CountDownLatch secondBegun = new CountDownLatch(1);
		hang(OverflowPolicy.DROP_NEWEST, 1, true, (event) -> {
			if (event.name().equals("a")) {
				secondBegun.countDown();
				Books.pass(second);
			}
		});
		emit("a", "b", "c");
		this.gate.countDown();
		Books.pass(secondBegun);
		emit("d", "e");
		second.countDown();
		Books.balanced(this.router);
		assertThat(names()).containsExactly("first", "telemetry.gap", "a", "telemetry.gap", "d");
		assertThat(gaps()).extracting(TelemetryGap::count).containsExactly(2L, 1L);
		emit("f");
		Books.balanced(this.router);
		assertThat(names()).endsWith("d", "f");
	}

	@Test
	void whenHandlerDoesNotAskThenItIsNotTold() {
		hang(OverflowPolicy.DROP_NEWEST, 1, false);
		emit("a", "b");
		release();
		assertThat(names()).containsExactly("first", "a");
	}

	@Test
	void whenHandlerFailsToHearThenThatIsAFailureAndItsNextEventComes() {
		hang(OverflowPolicy.DROP_NEWEST, 1, true, (event) -> {
			if (event.payload() instanceof TelemetryGap) {
				throw new IllegalStateException("on purpose");
			}
		});
		emit("a", "b");
		release();
		assertThat(names()).containsExactly("first", "telemetry.gap", "a");
		HandlerAccount account = Books.of(this.router, "lane");
		assertThat(account.failed()).isOne();
		assertThat(account.handled()).isEqualTo(2);
	}

	@Test
	void whenHandlerWasQuarantinedThenItIsToldOfThatOnceItIsReleased() {
		use(TelemetryRouter.builder()
			.quarantine(new QuarantineSettings(true, 1, 1, Duration.ofSeconds(10), 20, Duration.ofDays(1),
					Duration.ofDays(1))));
		AtomicBoolean fails = new AtomicBoolean(true);
		hang(OverflowPolicy.DROP_NEWEST, 10, true, (event) -> {
			if (fails.get()) {
				throw new IllegalStateException("on purpose");
			}
		});
		emit("a", "b");
		release();
		emit("c");
		fails.set(false);
		this.router.release("lane");
		emit("d");
		Books.balanced(this.router);
		assertThat(names()).containsExactly("first", "telemetry.gap", "d");
		assertThat(gaps().get(0)).isEqualTo(new TelemetryGap("lane", 2, 4, Map.of(DropReason.QUARANTINED, 3L)));
	}

	@Test
	void whenConditionFailedThenTheEventIsPartOfTheGap() {
		this.router.subscribe(HandlerSpec.on("*").id("lane").async().gaps(true).condition((event) -> {
			if (event.name().equals("bad")) {
				throw new IllegalStateException("on purpose");
			}
			return true;
		}).eventHandler(this::add).build());
		emit("bad", "good");
		Books.balanced(this.router);
		assertThat(names()).containsExactly("telemetry.gap", "good");
		assertThat(gaps().get(0).dropped()).containsOnly(Map.entry(DropReason.CONDITION_FAILED, 1L));
	}

	@Test
	void whenHandlerCannotBeToldThenItIsRefused() {
		assertThatIllegalStateException().isThrownBy(() -> HandlerSpec.on("a").gaps(true).handler((name, payload) -> {
		}).build()).withMessageContaining("is synchronous and has no queue, so 'gaps' would have no effect");
		assertThatIllegalStateException().isThrownBy(
				() -> HandlerSpec.on("a").payloadType(String.class).async().gaps(true).handler((name, payload) -> {
				}).build())
			.withMessage("Handler of [a] takes payloads of java.lang.String, and 'gaps' are payloads of "
					+ "io.telemetryrouter.TelemetryGap: let it take any payload, or remove 'gaps'");
	}

	@RepeatedTest(value = 10, failureThreshold = 1)
	@Tag("stress")
	void whenManyEmittersOverflowThenEveryDropIsInExactlyOneGap() throws Exception {
		AtomicLong told = new AtomicLong();
		AtomicInteger events = new AtomicInteger();
		this.router.subscribe(HandlerSpec.on("*")
			.id("lane")
			.async()
			.maxQueue(4)
			.overflow(OverflowPolicy.DROP_OLDEST)
			.gaps(true)
			.eventHandler((event) -> {
				if (event.payload() instanceof TelemetryGap gap) {
					told.addAndGet(gap.count());
				}
				else {
					events.incrementAndGet();
				}
			})
			.build());
		Parallel.run(3, (thread) -> {
			for (int i = 0; i < 500; i++) {
				this.router.emit("b", i);
			}
		});
		Books.balanced(this.router);
		emit("last");
		HandlerAccount account = Books.total(Books.balanced(this.router));
		assertThat(told.get()).isEqualTo(account.droppedTotal());
		assertThat(events.get() + account.droppedTotal()).isEqualTo(3 * 500 + 1);
	}

	private void hang(OverflowPolicy policy, int capacity, boolean gaps) {
		hang(policy, capacity, gaps, (event) -> {
		});
	}

	private void hang(OverflowPolicy policy, int capacity, boolean gaps, EventHandler<Object> next) {
		this.router.subscribe(HandlerSpec.on("*")
			.id("lane")
			.async()
			.maxQueue(capacity)
			.overflow(policy)
			.gaps(gaps)
			.eventHandler((event) -> {
				add(event);
				this.begun.countDown();
				Books.pass(this.gate);
				next.handle(event);
			})
			.build());
		emit("first");
		Books.pass(this.begun);
	}

	/**
	 * Fails when a gap is told again and again, so that the lane is quarantined before
	 * the heap is full.
	 */
	private void add(TelemetryEvent<?> event) {
		assertThat(this.handled.size()).as("events").isLessThan(100);
		this.handled.add(event);
	}

	private void emit(String... names) {
		for (String name : names) {
			this.router.emit(name, null);
		}
	}

	private List<String> names() {
		return List.copyOf(this.handled).stream().<String>map(TelemetryEvent::name).toList();
	}

	private List<TelemetryGap> gaps() {
		return List.copyOf(this.handled)
			.stream()
			.map(TelemetryEvent::payload)
			.filter(TelemetryGap.class::isInstance)
			.map(TelemetryGap.class::cast)
			.toList();
	}

	private void release() {
		this.gate.countDown();
		Books.balanced(this.router);
	}

	private void use(TelemetryRouterBuilder builder) {
		this.router.close();
		this.router = builder.build();
	}

}
