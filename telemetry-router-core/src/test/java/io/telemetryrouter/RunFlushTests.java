package io.telemetryrouter;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The barrier of one run.
 */
class RunFlushTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final TelemetryRouter router = TelemetryRouter.builder().build();

	private final TelemetryEmitter hanging = this.router.forRun("hanging");

	private final TelemetryEmitter other = this.router.forRun("other");

	private final CountDownLatch release = new CountDownLatch(1);

	private final CountDownLatch hangs = new CountDownLatch(1);

	private final List<Object> handled = new CopyOnWriteArrayList<>();

	@AfterEach
	void close() {
		this.release.countDown();
		this.router.close();
	}

	private void handle(TelemetryEvent<Object> event) throws InterruptedException {
		if ("hanging".equals(event.runId())) {
			this.hangs.countDown();
			this.release.await();
		}
		this.handled.add(event.payload());
	}

	private void subscribe(String id, int concurrency, String event) {
		this.router.subscribe(
				HandlerSpec.on(event).id(id).async().concurrency(concurrency).eventHandler(this::handle).build());
	}

	@ParameterizedTest
	@ValueSource(ints = { 2, 4 })
	void whenAnotherRunsHandlerHangsThenTheFlushOfARunReturns(int concurrency) throws Exception {
		subscribe("shared", concurrency, "event");
		this.hanging.emit("event", "hangs");
		assertThat(this.hangs.await(30, TimeUnit.SECONDS)).isTrue();
		for (int i = 0; i < 100; i++) {
			this.other.emit("event", i);
		}
		assertThat(this.router.flushRun("other", PATIENCE)).isEqualTo(new FlushResult(true, Map.of()));
		assertThat(this.handled).hasSize(100);
		assertThat(this.router.flush(Duration.ZERO).complete()).isFalse();
	}

	@Test
	void whenAnotherRunHangsInItsOwnHandlerThenTheFlushOfARunReturns() throws Exception {
		subscribe("first", 1, "first");
		subscribe("second", 1, "second");
		this.hanging.emit("first", "hangs");
		this.hanging.emit("first", "waits");
		assertThat(this.hangs.await(30, TimeUnit.SECONDS)).isTrue();
		this.other.emit("second", 1);
		assertThat(this.router.flushRun("other", PATIENCE).complete()).isTrue();
		assertThat(this.handled).containsExactly(1);
	}

	@Test
	void whenARunHangsThenItsFlushSaysWhatIsPending() throws Exception {
		subscribe("shared", 1, "event");
		this.hanging.emit("event", "hangs");
		assertThat(this.hangs.await(30, TimeUnit.SECONDS)).isTrue();
		this.hanging.emit("event", "waits");
		this.other.emit("event", "behind");
		FlushResult result = this.router.flushRun("hanging", Duration.ZERO);
		assertThat(result.complete()).isFalse();
		assertThat(result.pendingByHandler()).containsExactly(Map.entry("shared", 2L));
		assertThat(this.router.flushRun("other", Duration.ZERO).pendingByHandler())
			.containsExactly(Map.entry("shared", 1L));
		this.release.countDown();
		assertThat(this.router.flushRun("hanging", PATIENCE).complete()).isTrue();
		assertThat(this.handled).contains("hangs", "waits");
	}

	@Test
	void whenTheOnlyEventOfARunIsTheNextInTheQueueThenItsFlushIsNotComplete() throws Exception {
		subscribe("shared", 1, "event");
		this.hanging.emit("event", "hangs");
		assertThat(this.hangs.await(30, TimeUnit.SECONDS)).isTrue();
		this.other.emit("event", "next");
		assertThat(this.router.flushRun("other", Duration.ZERO))
			.isEqualTo(new FlushResult(false, Map.of("shared", 1L)));
	}

	@Test
	void whenTheRunIsUnknownThenNothingIsPending() {
		assertThat(this.router.flushRun("unknown", PATIENCE).complete()).isTrue();
		assertThatIllegalArgumentException().isThrownBy(() -> this.router.flushRun("unknown", null));
		assertThatIllegalArgumentException().isThrownBy(() -> this.router.flushRun(null, PATIENCE));
	}

	@Test
	void whenARunGoesOnThenItsFlushWaitsOnlyForWhatWasEmittedBefore() throws Exception {
		CountDownLatch second = new CountDownLatch(1);
		CountDownLatch secondBegun = new CountDownLatch(1);
		this.router.subscribe(HandlerSpec.on("event").async().handler((event, payload) -> {
			if (payload.equals("first")) {
				this.release.await();
			}
			else {
				secondBegun.countDown();
				second.await();
			}
		}).build());
		this.other.emit("event", "first");
		Thread emitter = new Thread(() -> {
			this.other.emit("event", "second");
			this.release.countDown();
		});
		FlushResult[] result = new FlushResult[1];
		Thread flusher = new Thread(() -> result[0] = this.router.flushRun("other", PATIENCE));
		flusher.start();
		Books.spinUntil(() -> flusher.getState() == Thread.State.TIMED_WAITING);
		emitter.start();
		flusher.join(30_000);
		assertThat(result[0].complete()).isTrue();
		assertThat(secondBegun.await(30, TimeUnit.SECONDS)).isTrue();
		second.countDown();
	}

	@Test
	void whenTheRunIsUnknownThenItsFlushDoesNotAwaitEventsWithoutARun() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		this.router.subscribe(HandlerSpec.on("event").async().handler((event, payload) -> {
			begun.countDown();
			this.release.await();
		}).build());
		this.router.emit("event", "hangs");
		this.router.emit("event", "waits");
		Books.pass(begun);
		assertThat(this.router.flushRun("unknown", Duration.ZERO)).isEqualTo(new FlushResult(true, Map.of()));
	}

}
