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

}
