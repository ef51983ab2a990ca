package io.telemetryrouter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.AfterEach;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A router with a lane that blocks until the test releases it.
 */
abstract class FullLane {

	static final Duration FOR_EVER = Duration.ofDays(1);

	final CapturedLog log = new CapturedLog();

	TelemetryRouter router = TelemetryRouter.builder().blockTimeout(FOR_EVER).build();

	final CountDownLatch begun = new CountDownLatch(1);

	final CountDownLatch gate = new CountDownLatch(1);

	final List<Object> handled = new ArrayList<>();

	@AfterEach
	void close() {
		this.gate.countDown();
		this.router.close();
		this.log.close();
	}

	Subscription hang(OverflowPolicy policy, int capacity) {
		Subscription subscription = this.router.subscribe(HandlerSpec.on("event")
			.id("lane")
			.async()
			.maxQueue(capacity)
			.overflow(policy)
			.handler((name, payload) -> {
				this.handled.add(payload);
				this.begun.countDown();
				Books.pass(this.gate);
			})
			.build());
		emit("first");
		Books.pass(this.begun);
		return subscription;
	}

	void emit(Object... payloads) {
		for (Object payload : payloads) {
			this.router.emit("event", payload);
		}
	}

	void assertDropped(long count) {
		// An event that a worker has just taken is neither queued nor running for a
		// moment.
		Books.eventually(() -> Books.of(this.router, "lane").isBalanced());
		HandlerAccount account = Books.of(this.router, "lane");
		Map<DropReason, Long> dropped = account.dropped();
		assertThat(dropped.get(DropReason.QUEUE_FULL)).isEqualTo(count);
		assertThat(account.droppedTotal()).isEqualTo(count);
	}

	void release() {
		this.gate.countDown();
		Books.balanced(this.router);
	}

	void use(TelemetryRouterBuilder builder) {
		this.router.close();
		this.router = builder.build();
	}

}
