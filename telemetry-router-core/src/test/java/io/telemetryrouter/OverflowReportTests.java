package io.telemetryrouter;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The log line of a full queue matches its overflow policy.
 */
class OverflowReportTests {

	private final CountDownLatch hang = new CountDownLatch(1);

	private final CountDownLatch hanging = new CountDownLatch(1);

	private final TelemetryRouter router = TelemetryRouter.builder().blockTimeout(Duration.ofMillis(1)).build();

	private CapturedLog log;

	@BeforeEach
	void open() {
		this.log = new CapturedLog();
	}

	@AfterEach
	void close() {
		this.hang.countDown();
		this.router.close();
		this.log.close();
	}

	private void subscribe(OverflowPolicy policy) {
		this.router
			.subscribe(HandlerSpec.on("x").id("lane").async().maxQueue(2).overflow(policy).handler((event, payload) -> {
				this.hanging.countDown();
				Books.pass(this.hang);
			}).build());
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			DROP_NEWEST | new events are dropped
			DROP_OLDEST | new events take the place of the oldest, which are dropped
			BLOCK       | new events are dropped if their emitter must not wait or has waited for the block timeout
			""")
	void whenQueueIsFullThenLineSaysWhatHappens(OverflowPolicy policy, String what) {
		subscribe(policy);
		this.router.emit("x", 0);
		Books.pass(this.hanging);
		for (int i = 0; i < 3; i++) {
			this.router.emit("x", i);
		}
		this.hang.countDown();
		Books.eventually(() -> this.log.lines("handler 'lane'").size() + this.log.lines("Handler 'lane'").size() == 2);
		assertThat(this.log.lines("andler 'lane'")).containsExactly(
				"The queue of handler 'lane' is full (2 events): " + what,
				"Handler 'lane' has room in its queue again; 1 event was dropped");
	}

	@Test
	void whenHandlerIsPausedThenLineSaysSo() {
		subscribe(OverflowPolicy.BLOCK);
		this.router.pause("lane");
		for (int i = 0; i < 3; i++) {
			this.router.emit("x", i);
		}
		assertThat(this.log.lines("handler 'lane'")).singleElement()
			.asString()
			.startsWith("The queue of paused handler 'lane' is full (2 events): new events are dropped");
	}

	/** Has more events than room, and then none. */
	private static void burst(TelemetryRouter router, int dropped) {
		router.pause("lane");
		for (int i = 0; i < 2 + dropped; i++) {
			router.emit("x", i);
		}
		router.resume("lane");
		Books.balanced(router);
		Books.passRound(router);
	}

	@Test
	void whenDropsAreFrequentThenABurstEndsAfterASecondAndBeginsAfterTen() {
		ManualTime time = new ManualTime();
		// The watchdog checks often.
		try (TelemetryRouter timed = time.router().stuckThreshold(Duration.ofMillis(20)).build()) {
			timed.subscribe(HandlerSpec.on("x").id("lane").async().maxQueue(2).handler((event, payload) -> {
			}).build());
			burst(timed, 1);
			time.advance(Duration.ofMillis(999));
			Books.passRound(timed);
			assertThat(this.log.lines("andler 'lane'")).hasSize(1);
			time.advance(Duration.ofMillis(1));
			Books.eventually(() -> this.log.lines("andler 'lane'").size() == 2);
			burst(timed, 2);
			time.advance(Duration.ofMillis(8_999));
			burst(timed, 3);
			assertThat(this.log.lines("andler 'lane'")).hasSize(2);
			time.advance(Duration.ofMillis(1));
			burst(timed, 4);
			time.advance(Duration.ofSeconds(1));
			Books.eventually(() -> this.log.lines("andler 'lane'").size() == 4);
			assertThat(this.log.lines("has room")).containsExactly(
					"Handler 'lane' has room in its queue again; 1 event was dropped",
					"Handler 'lane' has room in its queue again; 9 events were dropped");
		}
	}

	@Test
	void whenHandlerLeavesWithinABurstThenTheBurstEnds() {
		Subscription subscription = this.router
			.subscribe(HandlerSpec.on("x").id("lane").async().maxQueue(2).handler((event, payload) -> {
			}).build());
		this.router.pause("lane");
		for (int i = 0; i < 5; i++) {
			this.router.emit("x", i);
		}
		subscription.close();
		assertThat(this.log.lines("has room"))
			.containsExactly("Handler 'lane' has room in its queue again; 3 events were dropped");
	}

	@Test
	void whenHandlerLeavesByItsLastEventWithinABurstThenTheBurstEnds() {
		try (TelemetryRouter timed = new ManualTime().router().build()) {
			timed.subscribe(HandlerSpec.on("x").id("lane").async().maxQueue(2).times(5).handler((event, payload) -> {
				this.hanging.countDown();
				Books.pass(this.hang);
			}).build());
			timed.emit("x", 0);
			Books.pass(this.hanging);
			for (int i = 1; i < 5; i++) {
				timed.emit("x", i);
			}
			assertThat(this.log.lines("andler 'lane'")).hasSize(1);
			this.hang.countDown();
			assertThat(Books.balanced(timed).handlers()).isEmpty();
			Books.eventually(() -> this.log.lines("has room").size() == 1);
			assertThat(this.log.lines("has room"))
				.containsExactly("Handler 'lane' has room in its queue again; 2 events were dropped");
		}
	}

}
