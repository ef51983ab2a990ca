package io.telemetryrouter;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.LogRecord;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/**
 * What is said of a handler with {@link OverflowPolicy#SPILL} that falls behind.
 */
class SpillReportTests {

	private static final String BEHIND = "Handler 'spiller' is behind: its queue is full (2 events); further events wait"
			+ " in the journal until it has caught up";

	private final CapturedLog log = new CapturedLog();

	private final ManualTime time = new ManualTime();

	/** Whose watchdog looks often. */
	private final TelemetryRouter router = this.time.router().stuckThreshold(Duration.ofMillis(20)).build();

	SpillReportTests() {
		this.router.subscribe(new MemoryRecorder().sync());
		this.router.subscribe(HandlerSpec.on("a")
			.id("spiller")
			.async()
			.overflow(OverflowPolicy.SPILL)
			.maxQueue(2)
			.handler((event, payload) -> assertThat(payload).isNotNull())
			.build());
	}

	@AfterEach
	void close() {
		this.router.close();
		this.log.close();
	}

	/** Only a pause makes sure of how many do not find room. */
	private void fallBehind(int events) {
		this.router.pause("spiller");
		for (int i = 0; i < events; i++) {
			this.router.emit("a", i);
		}
	}

	private void awaitLines(int count) {
		Books.eventually(() -> this.log.lines("andler 'spiller'").size() == count);
	}

	@Test
	void whenHandlerFallsBehindThenOneLineSaysSoAndOneThatItHasCaughtUp() {
		fallBehind(10);
		awaitLines(1);
		this.time.advance(Duration.ofSeconds(3));
		Books.passRound(this.router);
		this.router.resume("spiller");
		awaitLines(2);
		assertThat(this.log.records("andler 'spiller'")).extracting(LogRecord::getLevel, LogRecord::getMessage)
			.containsExactly(tuple(Level.WARNING, BEHIND), tuple(Level.INFO,
					"Handler 'spiller' is no longer behind after 3 s; 8 events had waited in the journal"));
	}

	@Test
	void whenHandlerLeavesByItsLastEventWhileBehindThenTheEndIsReported() {
		CountDownLatch gate = new CountDownLatch(1);
		CountDownLatch hanging = new CountDownLatch(1);
		this.router.subscribe(HandlerSpec.on("b")
			.id("leaving")
			.async()
			.overflow(OverflowPolicy.SPILL)
			.maxQueue(2)
			.times(5)
			.handler((event, payload) -> {
				hanging.countDown();
				Books.pass(gate);
			})
			.build());
		this.router.emit("b", 0);
		Books.pass(hanging);
		for (int i = 1; i < 5; i++) {
			this.router.emit("b", i);
		}
		Books.eventually(() -> this.log.lines("andler 'leaving' is behind").size() == 1);
		gate.countDown();
		assertThat(Books.balanced(this.router).handlers()).doesNotContainKey("leaving");
		Books.eventually(() -> !this.log.lines("andler 'leaving' is no longer behind").isEmpty());
		assertThat(this.log.lines("andler 'leaving' is no longer behind"))
			.containsExactly("Handler 'leaving' is no longer behind after 0 ms; 2 events had waited in the journal");
	}

	@Test
	void whenHandlerFallsBehindAgainThenThatIsReportedOnlyAfterAMinute() {
		fallBehind(3);
		awaitLines(1);
		this.router.resume("spiller");
		awaitLines(2);
		fallBehind(5);
		this.time.advance(Duration.ofSeconds(59));
		Books.passRound(this.router);
		assertThat(this.log.lines("andler 'spiller'")).containsExactly(BEHIND,
				"Handler 'spiller' is no longer behind after 0 ms; 1 event had waited in the journal");
		this.time.advance(Duration.ofSeconds(1));
		awaitLines(3);
		this.router.resume("spiller");
		awaitLines(4);
		assertThat(this.log.lines("andler 'spiller'")).endsWith(BEHIND,
				"Handler 'spiller' is no longer behind after 0 ms; 3 events had waited in the journal");
	}

}
