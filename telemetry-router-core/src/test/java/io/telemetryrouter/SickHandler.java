package io.telemetryrouter;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * A router with a handler that fails while the test tells it to.
 */
abstract class SickHandler {

	static final Duration SECOND = Duration.ofSeconds(1);

	final ManualTime time = new ManualTime();

	final AtomicBoolean sick = new AtomicBoolean(true);

	final AtomicInteger calls = new AtomicInteger();

	CapturedLog log;

	TelemetryRouter router;

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

	void use(TelemetryRouterBuilder builder) {
		if (this.router != null) {
			this.router.close();
		}
		this.router = builder.build();
	}

	void call(String event, Object payload) {
		this.calls.incrementAndGet();
		if (this.sick.get()) {
			throw new IllegalStateException("secret " + payload);
		}
	}

	HandlerSpec.Builder<Object> sick() {
		return HandlerSpec.on("event").id("sick");
	}

	void subscribeSync() {
		this.router.subscribe(sick().handler(this::call).build());
	}

	void emit(int count) {
		for (int i = 0; i < count; i++) {
			this.router.emit("event", i);
			if (this.router.handlerSnapshot("sick").mode() == HandlerMode.ASYNC) {
				Books.balanced(this.router);
			}
		}
	}

	long skipped() {
		return Books.dropped(Books.of(this.router, "sick"), DropReason.QUARANTINED);
	}

	HandlerStatus status() {
		return this.router.handlerSnapshot("sick").status();
	}

}
