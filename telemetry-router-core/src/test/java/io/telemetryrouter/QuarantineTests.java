package io.telemetryrouter;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A handler that keeps failing is quarantined.
 */
class QuarantineTests extends SickHandler {

	/** At three quarters of twenty calls and more within a second. */
	private void subscribeWatchedByRate() {
		use(this.time.router()
			.quarantine(QuarantineSettings.defaults().withFailures(1000).withFailureRate(0.75, SECOND, 20)));
		subscribeSync();
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

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenMostCallsOfTheWindowFailThenItIsSetAside(boolean watched) {
		subscribeWatchedByRate();
		for (int i = 0; i < 4; i++) {
			emit(4);
			this.sick.set(false);
			emit(1);
			this.sick.set(true);
			if (watched) {
				// The watchdog does not end a window that still goes on.
				Books.passRound(this.router);
			}
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
		this.sick.set(false);
		emit(50);
		this.sick.set(true);
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

}
