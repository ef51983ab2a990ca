package io.telemetryrouter;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The events of spans.
 */
class SpanTests {

	private final ManualTime time = new ManualTime();

	private final TelemetryRouter router = this.time.router().build();

	private final List<TelemetryEvent<?>> events = new CopyOnWriteArrayList<>();

	SpanTests() {
		this.router.subscribe(HandlerSpec.on("**").priority(-1).eventHandler(this.events::add).build());
	}

	@AfterEach
	void close() {
		this.router.close();
	}

	private List<String> told() {
		return this.events.stream().map((event) -> event.name() + " " + event.payload()).toList();
	}

	private SpanInfo info(int index) {
		return this.events.get(index).span();
	}

	@Test
	void whenASpanCompletesThenItsEventsShareItsIdAndSayHowLongItTook() {
		try (TelemetrySpan span = this.router.span("tool.call", "weather")) {
			this.time.advance(Duration.ofMillis(3));
			assertThat(span.durationNanos()).isEqualTo(3_000_000);
			assertThat(span.complete("sunny")).isTrue();
			assertThat(span.fail(new IOException())).isFalse();
			this.time.advance(Duration.ofMillis(3));
			assertThat(span.durationNanos()).isEqualTo(3_000_000);
			assertThat(info(0).spanId()).isEqualTo(span.spanId()).hasSize(16).isEqualTo(info(1).spanId());
		}
		assertThat(told()).containsExactly("tool.call.started weather", "tool.call.completed sunny");
		assertThat(info(0).status()).isEqualTo(SpanStatus.STARTED);
		assertThat(info(0).name()).isEqualTo("tool.call");
		assertThat(info(0).durationNanos()).isZero();
		assertThat(info(0).parentSpanId()).isNull();
		assertThat(info(1).status()).isEqualTo(SpanStatus.COMPLETED);
		assertThat(info(1).durationNanos()).isEqualTo(3_000_000);
		assertThat(info(1).errorType()).isNull();
	}

	@Test
	void whenNoHandlerOfASpanIsAsynchronousThenTheContextIsNotCaptured() {
		AtomicInteger captures = new AtomicInteger();
		try (TelemetryRouter carrying = this.time.router().contextCarrier(new ContextCarrier() {

			@Override
			public Object capture() {
				return captures.incrementAndGet();
			}

			@Override
			public Scope restore(Object context) {
				return () -> {
				};
			}

		}).build()) {
			carrying.subscribe(HandlerSpec.on("**").eventHandler(this.events::add).build());
			carrying.span("tool.call", "weather").complete("sunny");
			assertThat(captures).hasValue(0);
			carrying.subscribe(HandlerSpec.on("*.call.completed").async().handler((event, payload) -> {
			}).build());
			carrying.span("tool.call", "weather").complete("sunny");
			assertThat(captures).hasValue(1);
		}
		assertThat(info(1).status()).isEqualTo(SpanStatus.COMPLETED);
	}

	@Test
	void whenASpanFailsThenTheErrorsTypeIsToldAndNotItsMessage() {
		TelemetrySpan span = this.router.span("tool.call", "weather");
		span.fail(new IOException("secret"));
		assertThat(told()).containsExactly("tool.call.started weather", "tool.call.failed weather");
		assertThat(info(1).errorType()).isEqualTo("java.io.IOException");
		assertThat(info(1).toString()).doesNotContain("secret");
	}

	@Test
	void whenASpanIsClosedWithoutAnOutcomeThenItIsCancelled() {
		this.router.span("tool.call", "weather").close();
		assertThat(told()).containsExactly("tool.call.started weather", "tool.call.cancelled weather");
	}

	@Test
	void whenManyThreadsEndASpanThenOneDoes() throws Exception {
		for (int round = 0; round < 100; round++) {
			this.events.clear();
			TelemetrySpan span = this.router.span("s", null);
			AtomicInteger ended = new AtomicInteger();
			CountDownLatch start = new CountDownLatch(1);
			Thread[] threads = new Thread[4];
			for (int i = 0; i < threads.length; i++) {
				int number = i;
				threads[i] = new Thread(() -> {
					try {
						start.await();
					}
					catch (InterruptedException ex) {
						return;
					}
					boolean mine = (number % 2 == 0) ? span.complete(number) : span.cancel(number);
					ended.addAndGet(mine ? 1 : 0);
				});
				threads[i].start();
			}
			start.countDown();
			for (Thread thread : threads) {
				thread.join(30_000);
			}
			assertThat(ended).hasValue(1);
			assertThat(this.events).hasSize(2);
		}
	}

	@Test
	void whenSpansNestThenTheyKnowTheirParents() {
		try (TelemetrySpan outer = this.router.span("outer", null)) {
			try (TelemetrySpan inner = this.router.span("inner", null)) {
				assertThat(inner.parentSpanId()).isEqualTo(outer.spanId());
				TelemetrySpan child = inner.span("child", null);
				assertThat(child.parentSpanId()).isEqualTo(inner.spanId());
				assertThat(this.router.span("sibling", null).unbind().parentSpanId()).isEqualTo(inner.spanId());
			}
			assertThat(this.router.forRun("run").span("detached", null).parentSpanId()).isEqualTo(outer.spanId());
			outer.unbind();
			assertThat(this.router.span("free", null).unbind().parentSpanId()).isNull();
		}
		assertThat(RunContext.current()).isNull();
	}

	@Test
	@SuppressWarnings("try")
	void whenASpanEndsElsewhereThenItBelongsToItsRunAndLeavesNothingBehind() throws Exception {
		try (RunScope run = this.router.openRun("run")) {
			TelemetrySpan span = this.router.span("call", null);
			CompletableFuture.runAsync(() -> span.complete(null), (task) -> new Thread(task).start())
				.get(30, TimeUnit.SECONDS);
			assertThat(this.router.span("next", null).unbind().parentSpanId()).isNull();
		}
		assertThat(this.events).extracting(TelemetryEvent::runId).containsExactly("run", "run", "run");
		assertThat(this.events).extracting(TelemetryEvent::runSequence).containsExactly(1L, 2L, 3L);
		assertThat(RunContext.current()).isNull();
	}

	@Test
	void whenCodeRunsInASpanThenItEndsAsTheCodeDoes() throws Exception {
		String result = this.router.span("call", "in").unbind().call(() -> {
			this.router.span("inner", null).close();
			return "out";
		});
		assertThat(result).isEqualTo("out");
		IOException error = new IOException();
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> this.router.span("call", "in").call(() -> {
			throw error;
		})).isSameAs(error);
		assertThatExceptionOfType(InterruptedException.class)
			.isThrownBy(() -> this.router.span("call", "in").call(() -> {
				throw new InterruptedException();
			}));
		assertThat(told()).containsExactly("call.started in", "inner.started null", "inner.cancelled null",
				"call.completed out", "call.started in", "call.failed in", "call.started in", "call.cancelled in");
		assertThat(info(1).parentSpanId()).isEqualTo(info(0).spanId());
		assertThat(RunContext.current()).isNull();
	}

	@Test
	void whenAStageIsFollowedThenTheSpanEndsAsTheStageDoes() {
		CompletableFuture<String> done = new CompletableFuture<>();
		CompletionStage<String> followed = this.router.span("call", "a").follow(done);
		assertThat(RunContext.current()).isNull();
		done.complete("out");
		assertThat(followed.toCompletableFuture()).isCompletedWithValue("out");
		CompletableFuture<String> failed = new CompletableFuture<>();
		this.router.span("call", "b").follow(failed.thenApply((value) -> value));
		failed.completeExceptionally(new IOException());
		CompletableFuture<String> cancelled = new CompletableFuture<>();
		this.router.span("call", "c").follow(cancelled);
		cancelled.completeExceptionally(new CompletionException(new CancellationException()));
		assertThat(told()).containsExactly("call.started a", "call.completed out", "call.started b", "call.failed b",
				"call.started c", "call.cancelled c");
		assertThat(info(3).errorType()).isEqualTo("java.io.IOException");
	}

	@Test
	void whenAPublisherIsFollowedThenTheSpanEndsAsItsSubscriptionDoes() {
		follow((publisher, subscription) -> {
			publisher.submit("x");
			publisher.submit("y");
			publisher.close();
		});
		IOException error = new IOException();
		assertThat(follow((publisher, subscription) -> publisher.closeExceptionally(error))).isSameAs(error);
		follow((publisher, subscription) -> subscription.cancel());
		assertThat(told()).containsExactly("call.started in", "call.completed 2", "call.started in", "call.failed in",
				"call.started in", "call.cancelled in");
	}

	/** Returns the error that the subscriber gets, or {@code null}. */
	private Throwable follow(Step step) {
		Throwable[] errors = new Throwable[1];
		try (SubmissionPublisher<String> publisher = new SubmissionPublisher<>(Runnable::run, 1)) {
			Flow.Subscription[] subscribed = new Flow.Subscription[1];
			this.router.span("call", "in").follow(publisher).subscribe(new Flow.Subscriber<>() {

				@Override
				public void onSubscribe(Flow.Subscription subscription) {
					subscribed[0] = subscription;
					subscription.request(Long.MAX_VALUE);
				}

				@Override
				public void onNext(String item) {
				}

				@Override
				public void onError(Throwable error) {
					errors[0] = error;
				}

				@Override
				public void onComplete() {
				}

			});
			step.take(publisher, subscribed[0]);
		}
		return errors[0];
	}

	@Test
	void whenTypedHandlersListenThenTheyGetThePayloadsThatWereGiven() {
		List<Long> lengths = new CopyOnWriteArrayList<>();
		this.router.subscribe(EventType.of("call.completed", Long.class), (event, payload) -> lengths.add(payload));
		this.router.span("call", "in").complete(42L);
		assertThat(lengths).containsExactly(42L);
	}

	@Test
	void whenEventsAreHeldThenThoseOfSpansKeepWhatTheySay() {
		TelemetryRouter holding = TelemetryRouter.builder().holdEvents(10).build();
		holding.subscribe(HandlerSpec.on("**").eventHandler(this.events::add).build());
		TelemetrySpan span = holding.span("early", null);
		holding.start();
		assertThat(info(0).spanId()).isEqualTo(span.spanId());
		assertThat(span).hasToString("TelemetrySpan[" + span.spanId() + "]");
		span.close();
		holding.close();
	}

	@Test
	void whenTheNameIsBlankThenNothingBegins() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.router.span(" ", null));
		assertThat(this.router.spanSnapshot().open()).isZero();
	}

	private interface Step {

		void take(SubmissionPublisher<String> publisher, Flow.Subscription subscription);

	}

}
