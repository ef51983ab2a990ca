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
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * A handler that keeps failing is set aside, and comes back.
 */
class QuarantineTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	private final ManualTime time = new ManualTime();

	private final AtomicBoolean sick = new AtomicBoolean(true);

	private final AtomicInteger calls = new AtomicInteger();

	private CapturedLog log;

	private TelemetryRouter router;

	@BeforeEach
	void open() {
		this.log = new CapturedLog();
		use(this.time.router());
	}

	@AfterEach
	void close() {
		this.router.close();
		this.log.close();
	}

	private void use(TelemetryRouterBuilder builder) {
		if (this.router != null) {
			this.router.close();
		}
		this.router = builder.build();
	}

	private void call(String event, Object payload) {
		this.calls.incrementAndGet();
		if (this.sick.get()) {
			throw new IllegalStateException("secret " + payload);
		}
	}

	private HandlerSpec.Builder<Object> sick() {
		return HandlerSpec.on("event").id("sick");
	}

	private void subscribeSync() {
		this.router.subscribe(sick().handler(this::call).build());
	}

	/** At three quarters of twenty calls and more within a second. */
	private void subscribeWatchedByRate() {
		use(this.time.router()
			.quarantine(QuarantineSettings.defaults().withFailures(1000).withFailureRate(0.75, SECOND, 20)));
		subscribeSync();
	}

	private void emit(int count) {
		for (int i = 0; i < count; i++) {
			this.router.emit("event", i);
			if (this.router.handlerSnapshot("sick").mode() == HandlerMode.ASYNC) {
				Books.balanced(this.router);
			}
		}
	}

	private long skipped() {
		return Books.dropped(Books.of(this.router, "sick"), DropReason.QUARANTINED);
	}

	private HandlerStatus status() {
		return this.router.handlerSnapshot("sick").status();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenHandlerFailsTenTimesInARowThenItIsSetAside(boolean measured) {
		use(this.time.router().measureLatency(measured));
		subscribeSync();
		emit(9);
		assertThat(status()).isEqualTo(HandlerStatus.ACTIVE);
		emit(1);
		assertThat(status()).isEqualTo(HandlerStatus.QUARANTINED);
		emit(5);
		assertThat(this.calls).hasValue(10);
		assertThat(skipped()).isEqualTo(5);
		Books.balanced(this.router);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenOneCallIsHandledInBetweenThenTheRowBeginsAnew(boolean measured) {
		use(this.time.router().measureLatency(measured));
		subscribeSync();
		this.sick.set(false);
		emit(3);
		this.sick.set(true);
		for (int i = 0; i < 3; i++) {
			emit(9);
			this.sick.set(false);
			emit(1);
			this.sick.set(true);
		}
		assertThat(status()).isEqualTo(HandlerStatus.ACTIVE);
		emit(10);
		assertThat(status()).isEqualTo(HandlerStatus.QUARANTINED);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenEventsAreFilteredOrDroppedInBetweenThenTheRowGoesOn(boolean measured) {
		use(this.time.router().measureLatency(measured));
		AtomicBoolean wanted = new AtomicBoolean(true);
		this.router.subscribe(sick().condition((event) -> wanted.get()).handler(this::call).build());
		for (int i = 0; i < 9; i++) {
			emit(1);
			wanted.set(false);
			emit(2);
			wanted.set(true);
			this.router.pause("sick");
			emit(3);
			this.router.resume("sick");
		}
		assertThat(status()).isEqualTo(HandlerStatus.ACTIVE);
		emit(1);
		assertThat(status()).isEqualTo(HandlerStatus.QUARANTINED);
		assertThat(this.calls).hasValue(10);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenNobodyLooksAtTheNumbersThenFailuresInARowAreKnownAllTheSame(boolean measured) {
		use(this.time.router().measureLatency(measured));
		subscribeSync();
		for (int i = 0; i < 9; i++) {
			this.router.emit("event", i);
		}
		this.sick.set(false);
		this.router.emit("event", 9);
		this.sick.set(true);
		for (int i = 0; i < 9; i++) {
			this.router.emit("event", i);
		}
		assertThat(this.log.lines("'sick' is quarantined")).isEmpty();
		this.router.emit("event", 9);
		assertThat(this.log.lines("'sick' is quarantined")).hasSize(1);
	}

	@Test
	void whenMostCallsOfTheWindowFailThenItIsSetAside() {
		subscribeWatchedByRate();
		for (int i = 0; i < 4; i++) {
			emit(4);
			this.sick.set(false);
			emit(1);
			this.sick.set(true);
		}
		// 16 of 20; the handled one was the last, and only a failure is looked at.
		assertThat(status()).isEqualTo(HandlerStatus.ACTIVE);
		emit(1);
		assertThat(status()).isEqualTo(HandlerStatus.QUARANTINED);
		assertThat(this.log.lines("'sick' is quarantined")).singleElement().asString().contains("80 % of 21 calls");
	}

	@Test
	void whenTheWindowPassesThenItBeginsAnew() {
		subscribeWatchedByRate();
		emit(19);
		this.time.advance(SECOND.plusNanos(1));
		emit(19);
		assertThat(status()).isEqualTo(HandlerStatus.ACTIVE);
		emit(1);
		assertThat(status()).isEqualTo(HandlerStatus.QUARANTINED);
	}

	@Test
	void whenTheWindowIsJustOverThenItStillCounts() {
		subscribeWatchedByRate();
		emit(19);
		this.time.advance(SECOND);
		emit(1);
		assertThat(this.log.lines("'sick' is quarantined")).singleElement()
			.asString()
			.contains("100 % of 20 calls failed in 1 s");
	}

	@Test
	void whenCallsWereHandledBeforeTheWindowThenTheyDoNotCount() {
		subscribeWatchedByRate();
		this.sick.set(false);
		emit(100);
		this.sick.set(true);
		emit(1);
		this.time.advance(SECOND.plusNanos(1));
		emit(14);
		this.sick.set(false);
		emit(5);
		this.sick.set(true);
		assertThat(status()).isEqualTo(HandlerStatus.ACTIVE);
		emit(1);
		assertThat(this.log.lines("'sick' is quarantined")).singleElement()
			.asString()
			.contains("75 % of 20 calls failed in 0 ms");
	}

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
	void whenHandlerUnsubscribesItselfAndFailsThenItIsNotSetAside() {
		use(this.time.router().quarantine(QuarantineSettings.defaults().withFailures(1)));
		AtomicReference<Subscription> self = new AtomicReference<>();
		self.set(this.router.subscribe(HandlerSpec.on("event").id("gone").handler((event, payload) -> {
			self.get().close();
			throw new IllegalStateException();
		}).build()));
		this.router.emit("event", 0);
		assertThat(this.log.lines("'gone' failed")).hasSize(1);
		assertThat(this.log.lines("'gone' is quarantined")).isEmpty();
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

	@Test
	void whenDisabledThenNothingIsSetAside() {
		use(this.time.router().quarantine(QuarantineSettings.disabled()));
		subscribeSync();
		emit(100);
		assertThat(this.calls).hasValue(100);
	}

	@Test
	void whenHandlerLeavesByItselfThenItIsNotSetAside() {
		this.router.subscribe(sick().times(100).handler(this::call).build());
		for (int i = 0; i < 100; i++) {
			this.router.emit("event", i);
		}
		assertThat(this.calls).hasValue(100);
	}

	@RepeatedTest(5)
	@Tag("stress")
	void whenHandlersFailAtRandomUnderLoadThenEveryAccountBalances() throws Exception {
		use(TelemetryRouter.builder()
			.quarantine(QuarantineSettings.defaults()
				.withFailures(3)
				.withDelay(Duration.ofNanos(20_000), Duration.ofNanos(100_000))));
		AtomicInteger count = new AtomicInteger();
		PayloadHandler<Object> flaky = (event, payload) -> {
			if (count.incrementAndGet() % 64 < 32) {
				throw new IllegalStateException();
			}
		};
		this.router.subscribe(HandlerSpec.on("event").id("sync").handler(flaky).build());
		this.router.subscribe(HandlerSpec.on("event").id("lane").async().handler(flaky).build());
		this.router.subscribe(HandlerSpec.on("event").id("lanes").async().concurrency(3).handler(flaky).build());
		this.router.subscribe(HandlerSpec.on("event").id("well").async().maxQueue(20_000).handler((event, payload) -> {
		}).build());
		Thread[] threads = new Thread[4];
		for (int i = 0; i < threads.length; i++) {
			threads[i] = new Thread(() -> {
				for (int j = 0; j < 5000; j++) {
					this.router.emit("event", j);
				}
			});
			threads[i].start();
		}
		for (Thread thread : threads) {
			thread.join(60_000);
		}
		RouterSnapshot snapshot = Books.balanced(this.router);
		assertThat(snapshot.handlers().get("well").account().handled()).isEqualTo(20_000);
		for (String id : new String[] { "sync", "lane", "lanes" }) {
			HandlerAccount account = snapshot.handlers().get(id).account();
			assertThat(account.offered()).isEqualTo(20_000);
			assertThat(Books.dropped(account, DropReason.QUARANTINED)).as(id).isPositive();
			assertThat(account.failed()).as(id).isPositive();
		}
		// None is given up: at the latest the second attempt finds the handler well.
		for (String id : new String[] { "sync", "lane", "lanes" }) {
			Books.eventually(() -> {
				count.set(40);
				this.router.emit("event", null);
				this.router.flush(Books.LIMIT);
				return this.router.handlerSnapshot(id).status() == HandlerStatus.ACTIVE;
			});
		}
	}

	@Test
	void whenSettingsAreTheOutermostThatMakeSenseThenTheyAreTaken() {
		QuarantineSettings settings = QuarantineSettings.defaults()
			.withFailures(1)
			.withFailureRate(1, Duration.ofNanos(1), 1)
			.withDelay(SECOND, SECOND);
		assertThat(settings).isEqualTo(new QuarantineSettings(true, 1, 1.0, Duration.ofNanos(1), 1, SECOND, SECOND));
	}

	@Test
	void whenSettingsMakeNoSenseThenMessageNamesValue() {
		QuarantineSettings settings = QuarantineSettings.defaults();
		assertThatIllegalArgumentException().isThrownBy(() -> settings.withFailures(0))
			.withMessage("'failures' must be positive, but is 0");
		assertThatIllegalArgumentException().isThrownBy(() -> settings.withFailureRate(1.5, SECOND, 1))
			.withMessage("'failureRate' must be greater than 0 and at most 1, but is 1.5");
		assertThatIllegalArgumentException().isThrownBy(() -> settings.withFailureRate(0, SECOND, 1))
			.withMessage("'failureRate' must be greater than 0 and at most 1, but is 0.0");
		assertThatIllegalArgumentException().isThrownBy(() -> settings.withFailureRate(Double.NaN, SECOND, 1));
		assertThatIllegalArgumentException().isThrownBy(() -> settings.withFailureRate(0.5, Duration.ZERO, 1))
			.withMessage("'window' must be positive, but is 0 ms");
		assertThatIllegalArgumentException().isThrownBy(() -> settings.withFailureRate(0.5, SECOND, 0))
			.withMessage("'minimumCalls' must be positive, but is 0");
		assertThatIllegalArgumentException().isThrownBy(() -> settings.withDelay(Duration.ZERO, SECOND))
			.withMessage("'delay' must be positive, but is 0 ms");
		assertThatIllegalArgumentException().isThrownBy(() -> settings.withDelay(SECOND, Duration.ofMillis(1)))
			.withMessage("'maxDelay' must not be shorter than 'delay', which is 1 s, but is 1 ms");
	}

}
