package io.telemetryrouter;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rule 1: an interrupt raised in a handler is still set when {@code emit} returns.
 */
class EmitterInterruptTests {

	private final ManualTime time = new ManualTime();

	private CapturedLog log;

	private TelemetryRouter router;

	@BeforeEach
	void open() {
		this.log = new CapturedLog();
		this.router = this.time.router().build();
	}

	@AfterEach
	void close() {
		// Clears the interrupt of a test that failed.
		Thread.interrupted();
		this.router.close();
		this.log.close();
	}

	private void emitAndWait(int count) {
		for (int i = 0; i < count; i++) {
			this.router.emit("event", i);
		}
		Books.balanced(this.router);
	}

	@Test
	void whenHandlerInterruptsThreadThenInterruptIsStillSetAfterEmit() {
		AtomicReference<@Nullable Boolean> seen = new AtomicReference<>();
		this.router.subscribe("event", (name, payload) -> Thread.currentThread().interrupt());
		this.router.subscribe("event", (name, payload) -> seen.set(Thread.currentThread().isInterrupted()));
		this.router.subscribe(HandlerSpec.on("event").async().handler((name, payload) -> {
		}).build());
		this.router.emit("event", null);
		assertThat(Thread.interrupted()).isTrue();
		assertThat(seen).hasValue(true);
	}

	@Test
	void whenHandlerIsInterruptedWhileItWaitsThenInterruptIsStillSetAfterEmit() {
		CountDownLatch never = new CountDownLatch(1);
		this.router.subscribe("event", (name, payload) -> never.await());
		Thread.currentThread().interrupt();
		this.router.emit("event", null);
		assertThat(Thread.interrupted()).isTrue();
	}

	@Test
	void whenEmitterIsInterruptedAlreadyThenItStaysSo() {
		this.router.subscribe(HandlerSpec.on("event").async().handler((name, payload) -> {
		}).build());
		Thread.currentThread().interrupt();
		this.router.emit("event", null);
		CompletableFuture<EmitOutcome> outcome = this.router.emitAsync("event", null);
		assertThat(Thread.interrupted()).isTrue();
		assertThat(Books.result(outcome).handled()).isOne();
	}

	@Test
	void whenAsyncHandlerInterruptsItsThreadThenNextEventIsNotHit() {
		List<Boolean> interrupted = new ArrayList<>();
		this.router.subscribe(HandlerSpec.on("event").async().handler((name, payload) -> {
			interrupted.add(Thread.currentThread().isInterrupted());
			Thread.currentThread().interrupt();
		}).build());
		emitAndWait(3);
		assertThat(interrupted).containsExactly(false, false, false);
	}

}
