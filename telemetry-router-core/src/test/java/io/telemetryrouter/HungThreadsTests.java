package io.telemetryrouter;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A handler that ignores interrupts holds a bounded number of threads: the failures until
 * its quarantine, plus its concurrency.
 */
class HungThreadsTests {

	private static final Duration TIMEOUT = Duration.ofMillis(20);

	private static final Duration DELAY = Duration.ofSeconds(1);

	private static final int FAILURES = 3;

	/** How many delays pass while the handler hangs. */
	private static final int ROUNDS = 25;

	private final ManualTime time = new ManualTime();

	private final CapturedLog log = new CapturedLog();

	private final CountDownLatch hang = new CountDownLatch(1);

	/** Threads inside of the handler that have not returned. */
	private final AtomicInteger hung = new AtomicInteger();

	private final AtomicInteger calls = new AtomicInteger();

	private final TelemetryRouter router = this.time.router()
		.handlerTimeout(TIMEOUT)
		.stuckThreshold(Duration.ZERO)
		.quarantine(QuarantineSettings.defaults().withFailures(FAILURES).withDelay(DELAY, DELAY))
		.build();

	@AfterEach
	void close() {
		this.hang.countDown();
		this.router.close();
		this.log.close();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 4 })
	void whenHandlerIgnoresInterruptsThenItsThreadsAreBounded(int concurrency) {
		subscribe(concurrency);
		for (int i = 0; i < ROUNDS; i++) {
			emitAndSettle(2 * concurrency);
			this.time.advance(DELAY);
		}
		assertThat(this.router.handlerSnapshot("hung").quarantine()).isNotNull();
		assertThat(this.hung).hasValueLessThanOrEqualTo(FAILURES + concurrency);
		assertThat(this.hung).hasValueGreaterThanOrEqualTo(FAILURES);
	}

	@ParameterizedTest
	@CsvSource({ "1, true", "1, false", "4, true", "4, false" })
	void whenCircuitIsOpenThenNoEventIsTriedWhileACallIsNotBack(int concurrency, boolean sameEvent) {
		subscribe(concurrency);
		untilSetAside();
		int before = this.calls.get();
		long skipped = Books.dropped(Books.of(this.router, "hung"), DropReason.QUARANTINED);
		for (int i = 0; i < ROUNDS; i++) {
			this.time.advance(DELAY.multipliedBy(3));
			this.router.emit(sameEvent ? "event" : "event." + i, "hang");
			settle();
		}
		assertThat(this.calls).hasValue(before);
		HandlerAccount account = Books.of(this.router, "hung");
		assertThat(Books.dropped(account, DropReason.QUARANTINED)).isEqualTo(skipped + ROUNDS);
	}

	@Test
	void whenHungCallsAreBackThenTheHandlerIsTriedAndRecovers() {
		subscribe(1);
		untilSetAside();
		for (int i = 0; i < 5; i++) {
			this.time.advance(DELAY);
			emitAndSettle(1);
		}
		this.hang.countDown();
		Books.eventually(() -> this.hung.get() == 0);
		Books.eventually(() -> {
			this.time.advance(DELAY);
			this.router.emit("event", "quick");
			settle();
			return this.router.handlerSnapshot("hung").status() == HandlerStatus.ACTIVE;
		});
		HandlerAccount account = Books.balanced(this.router).handlers().get("hung").account();
		assertThat(account.handled()).isPositive();
		assertThat(account.failed()).isLessThanOrEqualTo(FAILURES + 1);
	}

	@Test
	void whenOnlySomeHungCallsAreBackThenTheHandlerIsStillNotTried() {
		CountDownLatch some = new CountDownLatch(1);
		this.router.subscribe(HandlerSpec.on("event").id("hung").async().handler((event, payload) -> {
			this.calls.incrementAndGet();
			hang(payload.equals("some") ? some : this.hang);
		}).build());
		for (Object payload : new Object[] { "some", "hang", "some" }) {
			this.router.emit("event", payload);
			settle();
		}
		// The watchdog counts the call that it gives up, and then opens the circuit.
		Books.eventually(() -> this.router.handlerSnapshot("hung").quarantine() != null);
		some.countDown();
		Books.eventually(() -> this.hung.get() == 1);
		// One of them is not back.
		for (int i = 0; i < ROUNDS; i++) {
			this.time.advance(DELAY);
			emitAndSettle(1);
		}
		assertThat(this.calls).hasValue(3);
	}

	/**
	 * Failures in a row never come to pass where every second event is handled, and half
	 * of all calls is not most of them. Threads are held all the same.
	 */
	@Test
	void whenHandlerHangsOnEverySecondEventThenItsThreadsAreBoundedToo() {
		subscribe(1);
		for (int i = 0; i < ROUNDS; i++) {
			this.router.emit("event", "quick");
			emitAndSettle(1);
			this.time.advance(DELAY);
		}
		assertThat(this.hung).hasValueLessThanOrEqualTo(FAILURES + 1);
	}

	private void subscribe(int concurrency) {
		this.router.subscribe(HandlerSpec.on("event", "event.*")
			.id("hung")
			.async()
			.concurrency(concurrency)
			.handler((event, payload) -> {
				this.calls.incrementAndGet();
				if (payload.equals("hang")) {
					hang(this.hang);
				}
			})
			.build());
	}

	private void hang(CountDownLatch latch) {
		this.hung.incrementAndGet();
		Books.passUninterruptibly(latch);
		this.hung.decrementAndGet();
	}

	private void untilSetAside() {
		Books.eventually(() -> {
			emitAndSettle(1);
			return this.router.handlerSnapshot("hung").quarantine() != null;
		});
	}

	private void emitAndSettle(int events) {
		for (int i = 0; i < events; i++) {
			this.router.emit("event", "hang");
		}
		settle();
	}

	/**
	 * Waits until each event was handled, given up or dropped. Time goes on meanwhile, in
	 * steps that are short against the delay.
	 */
	private void settle() {
		Books.eventually(() -> {
			this.time.advance(TIMEOUT.dividedBy(4));
			HandlerAccount account = Books.of(this.router, "hung");
			return account.isBalanced() && account.queued() == 0 && account.running() == 0;
		});
	}

}
