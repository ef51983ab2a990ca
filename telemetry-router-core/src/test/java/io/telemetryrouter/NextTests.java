package io.telemetryrouter;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

class NextTests {

	private static final Duration LONG = Duration.ofSeconds(60);

	private final TelemetryRouter router = TelemetryRouter.builder().build();

	@AfterEach
	void close() {
		this.router.close();
	}

	@Test
	void whenEventMatchesThenFutureCompletesWithIt() throws Exception {
		CompletableFuture<TelemetryEvent<?>> next = this.router.next("tool.*", (event) -> event.payload().equals(2),
				LONG);
		this.router.emit("tool.a", 1);
		this.router.emit("model.a", 2);
		this.router.emit("tool.b", 2);
		this.router.emit("tool.c", 2);
		TelemetryEvent<?> event = next.get(30, TimeUnit.SECONDS);
		assertThat(event.name()).isEqualTo("tool.b");
		assertThat(event.payload()).isEqualTo(2);
	}

	@Test
	void whenSeveralWaitThenEachGetsTheEvent() throws Exception {
		List<CompletableFuture<TelemetryEvent<?>>> all = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			all.add(this.router.next("x", (event) -> true, LONG));
		}
		this.router.emit("x", "first");
		this.router.emit("x", "second");
		for (CompletableFuture<TelemetryEvent<?>> next : all) {
			assertThat(next.get(30, TimeUnit.SECONDS).payload()).isEqualTo("first");
		}
	}

	@Test
	void whenEventWasEmittedBeforeThenItDoesNotCount() {
		this.router.emit("x", 1);
		CompletableFuture<TelemetryEvent<?>> next = this.router.next("x", (event) -> true, LONG);
		assertThat(next).isNotDone();
		next.cancel(false);
	}

	@Test
	void whenTimeIsUpThenFutureFailsAndRegistrationEnds() {
		CompletableFuture<TelemetryEvent<?>> next = this.router.next("x", (event) -> true, Duration.ofMillis(1));
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> next.get(30, TimeUnit.SECONDS))
			.havingCause()
			.isInstanceOf(TimeoutException.class)
			.withMessage("No matching event 'x' within 1 ms");
		await().atMost(30, TimeUnit.SECONDS).until(() -> !this.router.hasHandlers("x"));
	}

	@Test
	void whenTimeoutIsForEverThenItWaits() throws Exception {
		CompletableFuture<TelemetryEvent<?>> next = this.router.next("x", (event) -> true,
				ChronoUnit.FOREVER.getDuration());
		this.router.emit("x", 1);
		assertThat(next.get(30, TimeUnit.SECONDS).payload()).isEqualTo(1);
	}

	@Test
	void whenCancelledThenRegistrationEnds() {
		CompletableFuture<TelemetryEvent<?>> next = this.router.next("x", (event) -> true, LONG);
		assertThat(this.router.hasHandlers("x")).isTrue();
		next.cancel(false);
		assertThat(this.router.hasHandlers("x")).isFalse();
	}

	@Test
	void whenCompletedThenRegistrationEnds() throws Exception {
		CompletableFuture<TelemetryEvent<?>> next = this.router.next("x", (event) -> true, LONG);
		this.router.emit("x", 1);
		assertThat(this.router.hasHandlers("x")).isFalse();
		next.get(30, TimeUnit.SECONDS);
	}

	@Test
	void whenGivenIdLooksLikeTheRoutersOwnThenNextStillWorks() throws Exception {
		for (int i = 1; i <= 20; i++) {
			this.router.subscribe(HandlerSpec.on("y").id("next-" + i).handler((event, payload) -> {
			}).build());
		}
		for (int i = 21; i <= 40; i++) {
			this.router.subscribe(HandlerSpec.on("y").id("next-" + (i + 5)).handler((event, payload) -> {
			}).build());
		}
		CompletableFuture<TelemetryEvent<?>> next = this.router.next("x", (event) -> true, LONG);
		this.router.emit("x", 1);
		assertThat(next.get(30, TimeUnit.SECONDS).payload()).isEqualTo(1);
	}

	@Test
	void whenFilterThrowsThenEmitterIsUntouchedAndTheWaitGoesOn() throws Exception {
		try (CapturedLog log = new CapturedLog()) {
			CompletableFuture<TelemetryEvent<?>> next = this.router.next("x", (event) -> {
				if (event.payload() == null) {
					throw new IllegalStateException("on purpose");
				}
				return true;
			}, LONG);
			this.router.emit("x", null);
			assertThat(next).isNotDone();
			this.router.emit("x", 1);
			assertThat(next.get(30, TimeUnit.SECONDS).payload()).isEqualTo(1);
			assertThat(log.records("Filter of an awaited event failed")).hasSize(1);
		}
	}

	@Test
	void whenDependentActionHangsThenEmitterAndOthersAreNotHeldUp() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		CompletableFuture<TelemetryEvent<?>> first = this.router.next("x", (event) -> true, LONG);
		CompletableFuture<String> thread = new CompletableFuture<>();
		CompletableFuture<Void> hanging = first.thenAccept((event) -> {
			thread.complete(Thread.currentThread().getName());
			awaitQuietly(release);
		});
		CompletableFuture<TelemetryEvent<?>> second = this.router.next("x", (event) -> true, LONG);
		this.router.emit("x", 1);
		second.get(30, TimeUnit.SECONDS);
		assertThat(thread.get(30, TimeUnit.SECONDS)).isEqualTo("telemetry-router:callbacks");
		assertThat(hanging).isNotDone();
		release.countDown();
		hanging.get(30, TimeUnit.SECONDS);
	}

	@Test
	void whenTimeIsUpThenDependentActionRunsOnAThreadOfTheRouter() throws Exception {
		CompletableFuture<String> thread = this.router.next("x", (event) -> true, Duration.ofMillis(50))
			.handle((event, ex) -> Thread.currentThread().getName());
		// Could have been registered too late only if fifty milliseconds had passed.
		assertThat(thread.get(30, TimeUnit.SECONDS))
			.matches("telemetry-router:callbacks|" + Thread.currentThread().getName());
	}

	@Test
	void whenWaitingThenNobodySeesAHandler() {
		List<String> told = new ArrayList<>();
		this.router.addListener(new RouterListener() {

			@Override
			public void handlerAdded(HandlerSnapshot handler) {
				told.add(handler.id());
			}

			@Override
			public void handlerRemoved(HandlerSnapshot handler) {
				told.add(handler.id());
			}

		});
		CompletableFuture<TelemetryEvent<?>> next = this.router.next("x", (event) -> true, LONG);
		assertThat(this.router.snapshot().handlers()).isEmpty();
		assertThat(this.router.snapshot().events()).isEmpty();
		this.router.emit("x", 1);
		assertThat(next).succeedsWithin(LONG);
		assertThat(this.router.eventSnapshot("x").handlers()).isEmpty();
		assertThat(told).isEmpty();
	}

	@Test
	void whenManyWaitInTurnThenNoneIsLeftBehind() throws Exception {
		for (int i = 0; i < 500; i++) {
			CompletableFuture<TelemetryEvent<?>> next = this.router.next("x", (event) -> true, LONG);
			this.router.emit("x", i);
			assertThat(next.get(30, TimeUnit.SECONDS).payload()).isEqualTo(i);
		}
		await().atMost(30, TimeUnit.SECONDS).until(() -> this.router.snapshot().retired().running() == 0);
		assertThat(this.router.snapshot().retired().isBalanced()).isTrue();
		assertThat(this.router.hasHandlers("x")).isFalse();
	}

	@Test
	void whenArgumentsAreWrongThenCallerIsTold() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.router.next("x", (event) -> true, Duration.ZERO))
			.withMessage("'timeout' must be positive, but is 0 ms");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.router.next("x", (event) -> true, Duration.ofMillis(-1)))
			.withMessage("'timeout' must be positive, but is -1 ms");
		assertThatIllegalArgumentException().isThrownBy(() -> this.router.next("x", (event) -> true, null))
			.withMessage("'timeout' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> this.router.next("x", null, LONG))
			.withMessage("'filter' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> this.router.next("a*", (event) -> true, LONG))
			.withMessageContaining("mixes '*' with text");
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
