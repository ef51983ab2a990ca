package io.telemetryrouter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Tests for {@link OverflowPolicy#SPILL} where events cannot be read back: each is
 * counted once.
 */
class SpillLossTests {

	private final MemoryRecorder recorder = new MemoryRecorder();

	private final CapturedLog log = new CapturedLog();

	private final TelemetryRouter router = TelemetryRouter.builder().shutdownTimeout(Duration.ofMillis(1)).build();

	private final List<Object> seen = Collections.synchronizedList(new ArrayList<>());

	private final CountDownLatch open = new CountDownLatch(1);

	private final CountDownLatch begun = new CountDownLatch(1);

	@AfterEach
	void close() {
		this.open.countDown();
		this.router.close();
		this.log.close();
	}

	private Subscription subscribeSlow() {
		return this.router.subscribe(slow().build());
	}

	private HandlerSpec.Builder<Object> slow() {
		return HandlerSpec.on("a")
			.id("slow")
			.async()
			.overflow(OverflowPolicy.SPILL)
			.maxQueue(2)
			.handler((event, payload) -> {
				this.begun.countDown();
				this.open.await();
				this.seen.add(payload);
			});
	}

	private void emit(int from, int to) {
		for (int i = from; i < to; i++) {
			this.router.emit("a", i);
			if (i == 0) {
				Books.pass(this.begun);
			}
		}
	}

	private HandlerAccount slowAccount() {
		return Books.balanced(this.router).handlers().get("slow").account();
	}

	@Test
	void whenRecorderHasNotRecordedAnEventThenItIsCountedAndReportedOnce() throws Exception {
		this.recorder.records = (event) -> (Integer) event.payload() % 2 == 0;
		this.router.subscribe(this.recorder.sync());
		subscribeSlow();
		emit(0, 20);
		this.open.countDown();
		assertThat(slowAccount()).returns(9L, (account) -> Books.dropped(account, DropReason.NOT_JOURNALLED));
		// Three were not spilled.
		assertThat(this.seen).containsExactly(0, 1, 2, 4, 6, 8, 10, 12, 14, 16, 18);
		this.router.close();
		assertThat(this.log.lines("fallen behind")).singleElement()
			.asString()
			.contains("Handler 'slow' has fallen behind, and cannot be given an event that is not in the journal;"
					+ " such events are counted as not_journalled");
	}

	@Test
	void whenQueueOfRecorderIsFullThenTheEventIsCounted() {
		CountDownLatch recorded = new CountDownLatch(1);
		this.recorder.records = (event) -> {
			Books.pass(recorded);
			return true;
		};
		this.router.subscribe(this.recorder.async(5));
		subscribeSlow();
		emit(0, 20);
		recorded.countDown();
		this.open.countDown();
		HandlerAccount account = slowAccount();
		HandlerAccount recorder = Books.of(this.router, "recorder");
		assertThat(Books.dropped(recorder, DropReason.QUEUE_FULL)).isPositive();
		// Those that were not spilled need not be recorded.
		assertThat(Books.dropped(account, DropReason.NOT_JOURNALLED)).isPositive()
			.isLessThanOrEqualTo(Books.dropped(recorder, DropReason.QUEUE_FULL));
		assertThat(this.seen).isSorted();
	}

	@Test
	void whenRecordingLosesAnEventLaterThenItIsCountedWithItsFuture() {
		this.router.subscribe(this.recorder.sync());
		subscribeSlow();
		emit(0, 10);
		CompletableFuture<EmitOutcome> outcome = this.router.emitAsync("a", 10);
		emit(11, 20);
		this.recorder.events.clear();
		this.open.countDown();
		assertThat(outcome).succeedsWithin(Books.LIMIT).isEqualTo(new EmitOutcome(1, 0, 0, 1));
		assertThat(slowAccount()).returns(3L, HandlerAccount::handled)
			.returns(17L, (account) -> Books.dropped(account, DropReason.NOT_JOURNALLED));
	}

	@Test
	void whenReadingFailsThenEachEventIsCountedAndTheMessageIsNotShown() throws Exception {
		this.router.subscribe(this.recorder.sync());
		this.recorder.reading = (number) -> {
			if (number % 2 == 0) {
				throw new IllegalStateException("secret");
			}
		};
		subscribeSlow();
		emit(0, 20);
		this.open.countDown();
		HandlerAccount account = slowAccount();
		assertThat(account.handled() + Books.dropped(account, DropReason.NOT_JOURNALLED)).isEqualTo(20);
		assertThat(Books.dropped(account, DropReason.NOT_JOURNALLED)).isBetween(8L, 9L);
		this.router.close();
		assertThat(this.log.lines("secret")).isEmpty();
		assertThat(this.log.lines("journal"))
			.anyMatch((line) -> line.contains("not to be read (java.lang.IllegalStateException)"));
	}

	@Test
	void whenHandlerTakesGapsThenItIsToldOfWhatIsLost() {
		this.router.subscribe(this.recorder.sync());
		this.router.subscribe(slow().gaps(true).build());
		emit(0, 10);
		this.recorder.events.clear();
		this.open.countDown();
		Books.balanced(this.router);
		emit(10, 11);
		Books.balanced(this.router);
		assertThat(this.seen).hasSize(5);
		assertThat(this.seen.get(3)).isInstanceOfSatisfying(TelemetryGap.class,
				(gap) -> assertThat(gap.dropped()).containsEntry(DropReason.NOT_JOURNALLED, 7L));
	}

	@Test
	void whenHandlerLeavesWhileBehindThenItsEventsAreCountedUnsubscribed() {
		this.router.subscribe(this.recorder.sync());
		Subscription slow = subscribeSlow();
		emit(0, 100);
		slow.close();
		this.open.countDown();
		HandlerAccount retired = Books.balanced(this.router).retired();
		assertThat(Books.dropped(retired, DropReason.UNSUBSCRIBED)).isEqualTo(99);
		assertThat(retired.handled()).isEqualTo(1);
		assertThat(this.recorder.readers).hasValue(0);
	}

	@Test
	void whenHandlerLeavesWhileTheRecorderIsBehindThenEachEventIsCountedUnsubscribed() {
		CountDownLatch recorded = new CountDownLatch(1);
		this.recorder.records = (event) -> {
			if ((Integer) event.payload() >= 50) {
				Books.pass(recorded);
			}
			return true;
		};
		this.router.subscribe(this.recorder.async(200));
		Subscription slow = subscribeSlow();
		emit(0, 50);
		Books.eventually(() -> Books.of(this.router, "recorder").handled() == 50);
		// From here on, the recorder has not recorded what is spilled.
		emit(50, 100);
		slow.close();
		recorded.countDown();
		this.open.countDown();
		HandlerAccount retired = Books.balanced(this.router).retired();
		assertThat(Books.dropped(retired, DropReason.UNSUBSCRIBED)).isEqualTo(99);
		assertThat(retired.handled()).isEqualTo(1);
	}

	@Test
	void whenHandlerLeavesWhileAnEventIsReadThenThatIsCountedOnce() {
		this.router.subscribe(this.recorder.sync());
		CountDownLatch reading = new CountDownLatch(1);
		CountDownLatch left = new CountDownLatch(1);
		this.recorder.reading = (number) -> {
			reading.countDown();
			Books.pass(left);
		};
		Subscription slow = subscribeSlow();
		emit(0, 100);
		this.open.countDown();
		Books.pass(reading);
		slow.close();
		left.countDown();
		HandlerAccount retired = Books.balanced(this.router).retired();
		assertThat(retired.handled()).isEqualTo(3);
		assertThat(Books.dropped(retired, DropReason.UNSUBSCRIBED)).isEqualTo(97);
		Books.eventually(() -> this.recorder.readers.get() == 0);
	}

	@Test
	void whenRouterClosesWithoutTimeThenSpilledEventsAreCounted() {
		this.router.subscribe(this.recorder.sync());
		subscribeSlow();
		emit(0, 100);
		this.router.close();
		HandlerAccount account = Books.of(this.router, "slow");
		assertThat(Books.dropped(account, DropReason.SHUTDOWN_TIMEOUT)).isEqualTo(99);
		assertThat(account.failed()).isEqualTo(1);
		assertThat(account).matches(HandlerAccount::isBalanced);
		assertThat(this.recorder.readers).hasValue(0);
	}

	@Test
	void whenRecorderLeavesThenTheHandlerGoesOnWithoutIt() {
		Subscription recorder = this.router.subscribe(this.recorder.sync());
		subscribeSlow();
		emit(0, 10);
		recorder.close();
		emit(10, 20);
		this.open.countDown();
		assertThat(slowAccount()).returns(3L, HandlerAccount::handled)
			.returns(17L, (account) -> Books.dropped(account, DropReason.NOT_JOURNALLED));
	}

	@Test
	void whenThereIsNoRecorderThenTheHandlerIsRefused() {
		assertThatIllegalStateException().isThrownBy(this::subscribeSlow)
			.withMessageContaining("Handler 'slow' has overflow policy SPILL")
			.withMessageContaining("'telemetry-router.journal.enabled'");
		TelemetryRouter holding = TelemetryRouter.builder().holdEvents(10).build();
		holding.subscribe(slow().build());
		assertThatIllegalStateException().isThrownBy(holding::start).withMessageContaining("'slow'");
		holding.subscribe(this.recorder.sync());
		holding.start();
		holding.close();
	}

	@Test
	void whenRouterSpillsByDefaultThenHandlersDoUnlessTheyCannot() {
		try (TelemetryRouter spilling = TelemetryRouter.builder().overflow(OverflowPolicy.SPILL).build()) {
			spilling.subscribe(this.recorder.async(5));
			spilling.subscribe(HandlerSpec.on("a").id("spills").async().eventHandler((event) -> {
			}).build());
			HandlerSpec.Builder<Object> concurrent = HandlerSpec.on("a")
				.id("concurrent")
				.async()
				.concurrency(2)
				.eventHandler((event) -> {
				});
			assertThatIllegalStateException().isThrownBy(() -> spilling.subscribe(concurrent.build()))
				.withMessageContaining("Handler 'concurrent' has a concurrency of 2")
				.withMessageContaining("set 'overflow' of this handler");
			spilling.subscribe(concurrent.overflow(OverflowPolicy.DROP_OLDEST).build());
			assertThat(spilling.snapshot().handlers().values())
				.extracting(HandlerSnapshot::id, HandlerSnapshot::overflow)
				.containsExactlyInAnyOrder(tuple("recorder", OverflowPolicy.DROP_NEWEST),
						tuple("spills", OverflowPolicy.SPILL), tuple("concurrent", OverflowPolicy.DROP_OLDEST));
		}
	}

	@Test
	void whenRouterHasARecorderThenAnotherOneIsRefused() {
		Subscription recorder = this.router.subscribe(this.recorder.sync());
		HandlerSpec<Object> other = new MemoryRecorder().sync().mutate().id("other").build();
		assertThatIllegalStateException().isThrownBy(() -> this.router.subscribe(other))
			.withMessageContaining("Handler 'other' is a recorder, and the router has one already");
		assertThat(this.router.snapshot().handlers()).containsOnlyKeys("recorder");
		recorder.close();
		assertThat(this.router.subscribe(other).isActive()).isTrue();
	}

	@Test
	void whenSpillMakesNoSenseThenTheSpecificationIsRefused() {
		assertThatIllegalStateException().isThrownBy(() -> slow().concurrency(2).build())
			.withMessageContaining("concurrency of 2");
		assertThatIllegalStateException()
			.isThrownBy(() -> this.recorder.async(1).mutate().overflow(OverflowPolicy.SPILL).build())
			.withMessageContaining("'recorder' is the recorder");
		assertThatIllegalStateException().isThrownBy(() -> this.recorder.async(1).mutate().concurrency(2).build())
			.withMessageContaining("is the recorder, which takes all events, in order");
		assertThatIllegalStateException()
			.isThrownBy(() -> HandlerSpec.on("a").overflow(OverflowPolicy.SPILL).recorder(this.recorder).build())
			.withMessageContaining("synchronous");
		assertThatIllegalStateException()
			.isThrownBy(() -> HandlerSpec.on("a").id("some").recorder(this.recorder).build())
			.withMessageContaining("Handler 'some' is the recorder, which takes all events");
		assertThatIllegalStateException()
			.isThrownBy(() -> HandlerSpec.on("**").payloadType(String.class).recorder(this.recorder).build())
			.withMessageContaining("takes all events");
		assertThat(this.recorder.sync().mutate().build().recorder()).isSameAs(this.recorder);
	}

	@Test
	void whenHandlerLeavesWhileAnEventIsReadThenTheReaderIsClosedAfterwards() {
		this.router.subscribe(this.recorder.sync());
		CountDownLatch reading = new CountDownLatch(1);
		CountDownLatch left = new CountDownLatch(1);
		AtomicInteger readersAfterRead = new AtomicInteger();
		this.recorder.reading = (number) -> {
			reading.countDown();
			Books.pass(left);
			readersAfterRead.set(this.recorder.readers.get());
		};
		Subscription slow = subscribeSlow();
		emit(0, 100);
		this.open.countDown();
		Books.pass(reading);
		slow.close();
		left.countDown();
		Books.balanced(this.router);
		Books.eventually(() -> this.recorder.readers.get() == 0);
		assertThat(readersAfterRead).hasValue(1);
	}

}
