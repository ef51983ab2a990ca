package io.telemetryrouter;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * A router whose handlers block until the test ends.
 */
abstract class WatchedRouter {

	static final Duration THRESHOLD = Duration.ofMillis(20);

	final ManualTime time = new ManualTime();

	final CountDownLatch hang = new CountDownLatch(1);

	final CountDownLatch hanging = new CountDownLatch(1);

	CapturedLog log;

	TelemetryRouter router;

	@BeforeEach
	void open() {
		this.log = new CapturedLog();
		this.router = this.time.router().stuckThreshold(THRESHOLD).build();
	}

	@AfterEach
	void close() {
		this.hang.countDown();
		this.router.close();
		this.log.close();
	}

	void use(TelemetryRouterBuilder builder) {
		this.router.close();
		this.router = builder.build();
	}

	void hangUp(String event, Object payload) {
		this.hanging.countDown();
		Books.passUninterruptibly(this.hang);
	}

	/**
	 * Time only goes on in steps, each of which the watchdog may take to be all there is.
	 */
	void untilStuck(String id) {
		Books.eventually(() -> {
			this.time.advance(THRESHOLD);
			return !this.router.handlerSnapshot(id).stuckCalls().isEmpty();
		});
	}

	static Stream<Thread> threads() {
		return Thread.getAllStackTraces().keySet().stream();
	}

}
