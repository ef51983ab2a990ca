package io.telemetryrouter;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The return of stuck calls is reported at a limited rate.
 */
class ReturnedCallReportTests {

	private static final Duration THRESHOLD = Duration.ofMillis(20);

	private final ManualTime time = new ManualTime();

	private final AtomicInteger looks = new AtomicInteger();

	private final Semaphore release = new Semaphore(0);

	private CapturedLog log;

	private TelemetryRouter router;

	@BeforeEach
	void open() {
		this.log = new CapturedLog();
		this.router = this.time.router().stuckThreshold(THRESHOLD).nanoTime(() -> {
			if (Thread.currentThread().getName().equals("telemetry-router:watchdog")) {
				this.looks.incrementAndGet();
			}
			return this.time.getAsLong();
		}).build();
		this.router.subscribe(HandlerSpec.on("x")
			.id("again")
			.async()
			.handler((event, payload) -> this.release.acquireUninterruptibly())
			.build());
	}

	@AfterEach
	void close() {
		this.release.release(100);
		this.router.close();
		this.log.close();
	}

	private void hangAndReturn() {
		this.router.emit("x", null);
		Books.eventually(() -> {
			this.time.advance(THRESHOLD);
			return !this.router.handlerSnapshot("again").stuckCalls().isEmpty();
		});
		this.release.release();
		Books.balanced(this.router);
		// A look that has begun by now ends, and another one follows.
		int before = this.looks.get();
		Books.eventually(() -> this.looks.get() >= before + 5);
	}

	@Test
	void whenCallsOfAHandlerKeepReturningThenThereIsALineAMinute() {
		hangAndReturn();
		hangAndReturn();
		hangAndReturn();
		assertThat(this.log.lines("'again' has been busy")).hasSize(3);
		assertThat(this.log.lines("'again' has returned")).hasSize(1);
		this.time.advance(Duration.ofMinutes(1));
		hangAndReturn();
		List<String> lines = this.log.lines("'again' has returned");
		assertThat(lines).hasSize(2);
		assertThat(lines.get(1)).endsWith(" (and 2 more since the last report of such a return)");
	}

}
