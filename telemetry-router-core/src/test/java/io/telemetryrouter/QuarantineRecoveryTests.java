package io.telemetryrouter;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A quarantined handler recovers.
 */
class QuarantineRecoveryTests extends SickHandler {

	@Test
	void whenItGoesASecondTimeThenTimeAndSkippedEventsAreThoseOfThatTime() {
		subscribeSync();
		emit(14);
		recoverAfter(SECOND);
		this.time.advance(Duration.ofMinutes(1));
		emit(10);
		emit(2);
		assertThat(this.router.handlerSnapshot("sick").quarantine().skipped()).isEqualTo(2);
		recoverAfter(SECOND);
		assertThat(this.log.lines("'sick' has recovered")).containsExactly(
				"Handler 'sick' has recovered after 1 s; 4 events were dropped",
				"Handler 'sick' has recovered after 1 s; 2 events were dropped");
		assertThat(skipped()).isEqualTo(6);
	}

	@Test
	void whenItGoesAndComesBackThenOneWarningAndOneInfoSaySo() {
		subscribeSync();
		emit(10);
		emit(7);
		for (Duration delay : new Duration[] { SECOND, SECOND.multipliedBy(2), SECOND.multipliedBy(4) }) {
			this.time.advance(delay);
			emit(1);
		}
		this.sick.set(false);
		this.time.advance(SECOND.multipliedBy(8));
		emit(1);
		assertThat(status()).isEqualTo(HandlerStatus.ACTIVE);
		assertThat(this.log.lines("'sick' is quarantined")).singleElement()
			.asString()
			.contains("10 consecutive failures", "for 1 s", IllegalStateException.class.getName())
			.doesNotContain("secret");
		assertThat(this.log.lines("'sick' has recovered")).singleElement().asString().contains("15 s", "7 events");
		assertThat(this.calls).hasValue(14);
	}

	@Test
	void whenAttemptFailsThenTheDelayDoublesUpToItsMaximum() {
		use(this.time.router().quarantine(QuarantineSettings.defaults().withDelay(SECOND, SECOND.multipliedBy(3))));
		subscribeSync();
		emit(10);
		for (int seconds : new int[] { 1, 2, 3, 3 }) {
			assertThat(this.router.handlerSnapshot("sick").quarantine().nextAttempt())
				.isEqualTo(this.time.instant().plusSeconds(seconds));
			int before = this.calls.get();
			this.time.advance(Duration.ofSeconds(seconds).minusNanos(1));
			emit(3);
			assertThat(this.calls).hasValue(before);
			this.time.advance(Duration.ofNanos(1));
			emit(3);
			assertThat(this.calls).hasValue(before + 1);
		}
		QuarantineSnapshot quarantine = this.router.handlerSnapshot("sick").quarantine();
		assertThat(quarantine.times()).isOne();
		assertThat(quarantine.skipped()).isEqualTo(skipped());
		assertThat(quarantine.since()).isEqualTo(this.time.instant().minusSeconds(9));
	}

	@Test
	void whenItRelapsesSoonThenTheDelayGoesOnGrowing() {
		subscribeSync();
		emit(10);
		recoverAfter(SECOND);
		this.time.advance(SECOND);
		emit(10);
		assertDelay(2);
		recoverAfter(Duration.ofSeconds(2));
		this.time.advance(Duration.ofSeconds(2).plusNanos(1));
		emit(10);
		assertDelay(1);
		assertThat(this.router.handlerSnapshot("sick").quarantine().times()).isEqualTo(3);
	}

	private void recoverAfter(Duration delay) {
		this.time.advance(delay);
		this.sick.set(false);
		emit(1);
		assertThat(status()).isEqualTo(HandlerStatus.ACTIVE);
		this.sick.set(true);
	}

	private void assertDelay(int seconds) {
		assertThat(this.router.handlerSnapshot("sick").quarantine().nextAttempt())
			.isEqualTo(this.time.instant().plusSeconds(seconds));
	}

	@Test
	void whenConditionRejectsTheAttemptThenThatIsNoVerdict() {
		AtomicBoolean wanted = new AtomicBoolean(true);
		this.router.subscribe(sick().condition((event) -> wanted.get()).handler(this::call).build());
		emit(10);
		this.time.advance(SECOND);
		wanted.set(false);
		emit(3);
		assertThat(Books.of(this.router, "sick").filtered()).isEqualTo(3);
		assertThat(status()).isEqualTo(HandlerStatus.QUARANTINED);
		wanted.set(true);
		this.sick.set(false);
		emit(1);
		assertThat(status()).isEqualTo(HandlerStatus.ACTIVE);
		assertThat(skipped()).isZero();
	}

	@Test
	void whenSetAsideThenConditionIsNotAsked() {
		AtomicInteger asked = new AtomicInteger();
		this.router.subscribe(sick().condition((event) -> asked.incrementAndGet() > 0).handler(this::call).build());
		emit(15);
		assertThat(asked).hasValue(10);
	}

	@Test
	void whenAttemptEmitsItsOwnEventThenThatOneIsSkipped() {
		this.router.subscribe(sick().handler((event, payload) -> {
			if (this.sick.get()) {
				throw new IllegalStateException();
			}
			if (this.calls.incrementAndGet() == 1) {
				this.router.emit("event", "nested");
			}
		}).build());
		emit(10);
		this.sick.set(false);
		this.time.advance(SECOND);
		emit(1);
		assertThat(this.calls).hasValue(1);
		assertThat(skipped()).isOne();
		assertThat(status()).isEqualTo(HandlerStatus.ACTIVE);
	}

	@Test
	void whenManyThreadsEmitAtTheMomentThenExactlyOneMakesTheAttempt() throws Exception {
		int threads = 8;
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		this.router.subscribe(sick().handler((event, payload) -> {
			if (this.sick.get()) {
				throw new IllegalStateException();
			}
			this.calls.incrementAndGet();
			inside.countDown();
			Books.pass(go);
		}).build());
		emit(10);
		this.sick.set(false);
		this.time.advance(SECOND);
		ExecutorService pool = Executors.newFixedThreadPool(threads);
		try {
			CyclicBarrier start = new CyclicBarrier(threads);
			Future<?>[] emits = new Future<?>[threads];
			for (int i = 0; i < threads; i++) {
				emits[i] = pool.submit(() -> {
					start.await();
					this.router.emit("event", null);
					return null;
				});
			}
			Books.pass(inside);
			Books.eventually(() -> skipped() == threads - 1);
			go.countDown();
			for (Future<?> emit : emits) {
				emit.get(30, TimeUnit.SECONDS);
			}
		}
		finally {
			go.countDown();
			pool.shutdownNow();
		}
		assertThat(this.calls).hasValue(1);
		assertThat(status()).isEqualTo(HandlerStatus.ACTIVE);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenCallBeganBeforeAndEndsMeanwhileThenItIsNoVerdict(boolean fails) throws Exception {
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		this.router.subscribe(sick().handler((event, payload) -> {
			if ("slow".equals(payload)) {
				inside.countDown();
				Books.pass(go);
				if (!fails) {
					return;
				}
			}
			throw new IllegalStateException();
		}).build());
		Thread slow = new Thread(() -> this.router.emit("event", "slow"));
		slow.start();
		Books.pass(inside);
		emit(10);
		this.time.advance(SECOND);
		go.countDown();
		slow.join(30_000);
		assertThat(status()).isEqualTo(HandlerStatus.QUARANTINED);
		assertThat(this.router.handlerSnapshot("sick").quarantine().nextAttempt()).isEqualTo(this.time.instant());
	}

	@Test
	void whenHandlerIsAsyncThenItIsSetAsideAndComesBack() {
		this.router.subscribe(sick().async().handler(this::call).build());
		emit(10);
		assertThat(status()).isEqualTo(HandlerStatus.QUARANTINED);
		emit(5);
		this.time.advance(SECOND);
		emit(2);
		assertThat(this.calls).hasValue(11);
		assertDelay(2);
		this.time.advance(Duration.ofSeconds(2));
		this.sick.set(false);
		emit(3);
		assertThat(status()).isEqualTo(HandlerStatus.ACTIVE);
		HandlerAccount account = Books.of(this.router, "sick");
		assertThat(account.handled()).isEqualTo(3);
		assertThat(account.failed()).isEqualTo(11);
		assertThat(skipped()).isEqualTo(6);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 4 })
	void whenLaneIsSetAsideThenWhatIsQueuedDoesNotReachTheHandler(int concurrency) {
		CountDownLatch queued = new CountDownLatch(1);
		this.router.subscribe(sick().async().concurrency(concurrency).handler((event, payload) -> {
			Books.pass(queued);
			call(event, payload);
		}).build());
		for (int i = 0; i < 100; i++) {
			this.router.emit("event", i);
		}
		queued.countDown();
		Books.balanced(this.router);
		// Those in hand when it was set aside end their calls.
		assertThat(this.calls.get()).isBetween(10, 9 + concurrency);
		assertThat(skipped()).isEqualTo(100 - this.calls.get());
	}

	@Test
	void whenLaneIsSetAsideThenEmitAsyncCountsTheEventAsDropped() throws Exception {
		this.router.subscribe(sick().async().handler(this::call).build());
		emit(10);
		assertThat(this.router.emitAsync("event", 1).get(30, TimeUnit.SECONDS)).isEqualTo(new EmitOutcome(0, 0, 0, 1));
	}

	@Test
	void whenReleasedThenItIsBackAtOnce() {
		subscribeSync();
		emit(12);
		this.sick.set(false);
		assertThat(this.router.release("sick")).isTrue();
		assertThat(status()).isEqualTo(HandlerStatus.ACTIVE);
		emit(1);
		assertThat(Books.of(this.router, "sick").handled()).isOne();
		assertThat(this.log.lines("'sick' has recovered")).hasSize(1);
		assertThat(this.router.release("sick")).isTrue();
		assertThat(this.router.release("nobody")).isFalse();
		assertThat(this.log.lines("has recovered")).hasSize(1);
		this.sick.set(true);
		emit(10);
		assertDelay(1);
	}

	@Test
	void whenReleasedDuringTheAttemptThenItsFailureIsAnOrdinaryOne() {
		AtomicBoolean release = new AtomicBoolean();
		this.router.subscribe(sick().handler((event, payload) -> {
			if (release.get()) {
				this.router.release("sick");
			}
			throw new IllegalStateException();
		}).build());
		emit(10);
		this.time.advance(SECOND);
		release.set(true);
		emit(9);
		assertThat(status()).isEqualTo(HandlerStatus.ACTIVE);
		release.set(false);
		emit(1);
		assertThat(status()).isEqualTo(HandlerStatus.QUARANTINED);
	}

}
