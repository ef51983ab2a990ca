package io.telemetryrouter;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class PayloadCheckTests {

	private static final String SECRET = "sk-secret-4711";

	private final CapturedLog log = new CapturedLog();

	private final List<Object> received = new ArrayList<>();

	private TelemetryRouter router = TelemetryRouter.builder().build();

	@AfterEach
	void close() {
		this.router.close();
		this.log.close();
	}

	private void router(String event, PayloadCheck check, int held) {
		this.router = TelemetryRouter.builder().payloadCheck(event, check).holdEvents(held).build();
		this.router.subscribe("**", (name, payload) -> this.received.add(payload));
	}

	private static PayloadCheck refusing() {
		return (payload) -> {
			if (!(payload instanceof Integer)) {
				throw new PayloadViolationException("no number");
			}
			return null;
		};
	}

	@Test
	void whenAPayloadIsWrongThenItIsReportedOnceAndStillRouted() {
		router("a", (payload) -> (payload instanceof Integer) ? null : "no number", 0);
		this.router.emit("a", 1);
		this.router.emit("b", SECRET);
		for (int i = 0; i < 10; i++) {
			this.router.emit("a", SECRET);
		}
		this.router.close();
		assertThat(this.received).hasSize(12);
		assertThat(this.log.lines("contract")).containsExactly("Payload of event 'a' breaks its contract: no number");
		assertThat(this.log.lines(SECRET)).isEmpty();
	}

	@Test
	void whenAPayloadIsRefusedThenEveryWayToEmitThrowsAndNothingIsRouted() {
		router("a", refusing(), 0);
		assertRefused();
		this.router.emit("a", 1);
		// With a route
		assertRefused();
		assertThat(this.received).containsExactly(1);
	}

	@Test
	void whenTheEndOfASpanIsRefusedThenThePublisherIsStillFollowed() {
		List<String> signals = new ArrayList<>();
		for (String end : List.of("completed", "failed", "cancelled")) {
			router("call." + end, refusing(), 0);
			assertThatExceptionOfType(PayloadViolationException.class).isThrownBy(() -> this.router.span("call", SECRET)
				.follow(publisher(end, signals))
				.subscribe(new Cancelling(signals)));
		}
		assertThat(signals).containsExactly("complete", "error", "cancel");
	}

	/** Returns a publisher that ends when it is subscribed to, unless it is cancelled. */
	private static Flow.Publisher<Object> publisher(String end, List<String> signals) {
		return (subscriber) -> {
			switch (end) {
				case "completed" -> subscriber.onComplete();
				case "failed" -> subscriber.onError(new IllegalStateException("fails"));
				default -> subscriber.onSubscribe(new Flow.Subscription() {

					@Override
					public void request(long count) {
					}

					@Override
					public void cancel() {
						signals.add("cancel");
					}

				});
			}
		};
	}

	private void assertRefused() {
		List<Runnable> ways = List.of(() -> this.router.emit("a", SECRET), () -> this.router.emit("a", null),
				() -> this.router.emitAsync("a", SECRET), () -> this.router.emitLazily("a", () -> SECRET),
				() -> this.router.emit(EventType.of("a", String.class), SECRET),
				() -> this.router.forRun("r").emit("a", SECRET));
		assertThat(ways)
			.allSatisfy((way) -> assertThatExceptionOfType(PayloadViolationException.class).isThrownBy(way::run)
				.withMessage("no number"));
	}

	@Test
	void whenTheFirstPayloadOfASpanIsRefusedThenThereIsNoSpan() {
		router("tool.started", refusing(), 0);
		assertThatIllegalArgumentException().isThrownBy(() -> this.router.span("tool", SECRET));
		assertThat(this.router.spanSnapshot().open()).isZero();
		this.router.emit("b", 1);
		assertThat(this.received).containsExactly(1);
	}

	@Test
	void whenTheOutcomeOfASpanIsRefusedThenTheSpanHasEnded() {
		router("tool.completed", refusing(), 0);
		TelemetrySpan span = this.router.span("tool", "in");
		assertThatIllegalArgumentException().isThrownBy(() -> span.complete(SECRET));
		assertThat(span.cancel()).isFalse();
		assertThat(this.router.spanSnapshot().open()).isZero();
		assertThat(this.received).containsExactly("in");
	}

	@Test
	void whenEventsAreHeldThenTheEmitterGetsTheExceptionAndTheCheckRunsOnce() {
		AtomicInteger checks = new AtomicInteger();
		router("a", (payload) -> {
			checks.incrementAndGet();
			return refusing().check(payload);
		}, 10);
		assertThatIllegalArgumentException().isThrownBy(() -> this.router.emit("a", SECRET));
		this.router.emit("a", 1);
		this.router.start();
		assertThat(this.received).containsExactly(1);
		assertThat(checks).hasValue(2);
	}

	@Test
	void whenAHandlerEmitsARefusedPayloadThenItIsTheHandlersFailure() {
		router("a", refusing(), 0);
		this.router
			.subscribe(HandlerSpec.on("b").id("emits").handler((event, payload) -> this.router.emit("a", "x")).build());
		this.router.emit("b", 1);
		assertThat(this.router.handlerSnapshot("emits").account().failed()).isOne();
	}

	@Test
	void whenTheCheckItselfFailsThenTheEventIsRoutedAndTheFailureReported() {
		router("a", (payload) -> {
			throw new StackOverflowError();
		}, 0);
		this.router.emit("a", 1);
		this.router.close();
		assertThat(this.received).containsExactly(1);
		assertThat(this.log.lines("Payload check")).containsExactly("Payload check failed");
	}

	@Test
	void whenTheCheckEmitsItsOwnEventThenThatIsRoutedUnchecked() {
		AtomicInteger checks = new AtomicInteger();
		router("a", (payload) -> {
			checks.incrementAndGet();
			this.router.emit("a", "nested");
			this.router.emit("a", "nested");
			return "no number";
		}, 0);
		this.router.emit("a", "outer");
		this.router.emit("a", "outer");
		assertThat(checks).hasValue(2);
		assertThat(this.received).containsExactly("nested", "nested", "outer", "nested", "nested", "outer");
	}

	@Test
	void whenChecksEmitTheEventsOfEachOtherThenEachRunsOnceAndOthersStillRefuse() {
		List<String> checked = new ArrayList<>();
		this.router = TelemetryRouter.builder().payloadCheck("a", (payload) -> {
			checked.add("a");
			this.router.emit("b", payload);
			return null;
		}).payloadCheck("b", (payload) -> {
			checked.add("b");
			this.router.emit("a", payload);
			return refusing().check(payload);
		}).build();
		this.router.subscribe("**", (name, payload) -> this.received.add(name));
		this.router.emit("a", 1);
		assertThat(checked).containsExactly("a", "b");
		assertThat(this.received).containsExactly("a", "b", "a");
		assertThatExceptionOfType(PayloadViolationException.class).isThrownBy(() -> this.router.emit("a", SECRET));
	}

	@Test
	void whenNobodyListensThenThePayloadIsCheckedAllTheSame() {
		this.router = TelemetryRouter.builder().payloadCheck("a", refusing()).build();
		assertThatIllegalArgumentException().isThrownBy(() -> this.router.emit("a", SECRET));
		assertThatIllegalArgumentException().isThrownBy(() -> this.router.emit("a", SECRET));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> TelemetryRouter.builder().payloadCheck("a.*", refusing()));
	}

	@Test
	void whenAPayloadIsConvertedThenTheHandlerGetsItsTypeAndOthersTheOriginal() {
		this.router.subscribe("a", (event, payload) -> this.received.add(payload));
		this.router.subscribe(HandlerSpec.on(EventType.of("a", Integer.class))
			.convert(String.class, Integer::valueOf)
			.handler((event, payload) -> this.received.add(payload + 1))
			.build());
		CompletableFuture<TelemetryEvent<Integer>> event = new CompletableFuture<>();
		this.router.subscribe(HandlerSpec.on(EventType.of("a", Integer.class))
			.convert(String.class, Integer::valueOf)
			.async()
			.eventHandler(event::complete)
			.build());
		this.router.emit("a", "41");
		assertThat(this.received).containsExactly("41", 42);
		assertThat(event.orTimeout(30, TimeUnit.SECONDS).join().payload()).isEqualTo(41);
		assertThat(event.join().name()).isEqualTo("a");
		assertThat(event.join().toString()).doesNotContain("41");
		this.router.emit("a", 1);
		assertThat(this.received).containsExactly("41", 42, 1, 2);
	}

	@Test
	void whenAPayloadIsConvertedThenNothingElseOfTheEventIs() throws Exception {
		List<TelemetryEvent<?>> events = new ArrayList<>();
		this.router.subscribe(HandlerSpec.on("a.started").eventHandler(events::add).build());
		this.router.subscribe(HandlerSpec.on("a.started")
			.payloadType(Integer.class)
			.convert(String.class, Integer::valueOf)
			.eventHandler(events::add)
			.build());
		this.router
			.subscribe(HandlerSpec.on("cause").eventHandler((event) -> this.router.span("a", "41").close()).build());
		try (RunScope outer = this.router.openRun("outer"); RunScope inner = this.router.openRun("inner")) {
			this.router.emit("cause", inner.parentRunId() + outer.runId());
		}
		assertThat(events).hasSize(2);
		for (Method method : TelemetryEvent.class.getMethods()) {
			Object original = method.invoke(events.get(0));
			assertThat(original).as(method.getName()).isNotNull();
			assertThat(method.invoke(events.get(1))).as(method.getName())
				.isEqualTo(method.getName().equals("payload") ? 41 : original);
		}
	}

	@Test
	void whenAConversionFailsThenItIsThatHandlersFailureAlone() {
		this.router.subscribe(HandlerSpec.on(EventType.of("a", Integer.class))
			.id("converts")
			.convert(String.class, Integer::valueOf)
			.handler((event, payload) -> this.received.add(payload))
			.build());
		this.router.subscribe("a", (event, payload) -> this.received.add(payload));
		this.router.emit("a", "x");
		this.router.emit("a", 1.5);
		assertThat(this.received).containsExactly("x", 1.5);
		HandlerAccount account = this.router.handlerSnapshot("converts").account();
		assertThat(account.failed()).isOne();
		assertThat(account.dropped().get(DropReason.TYPE_MISMATCH)).isOne();
		assertThat(account.isBalanced()).isTrue();
		assertThat(this.router.flush(Duration.ofSeconds(30)).complete()).isTrue();
	}

	private record Cancelling(List<String> signals) implements Flow.Subscriber<Object> {

		@Override
		public void onSubscribe(Flow.Subscription subscription) {
			subscription.cancel();
		}

		@Override
		public void onNext(Object item) {
		}

		@Override
		public void onError(Throwable error) {
			this.signals.add("error");
		}

		@Override
		public void onComplete() {
			this.signals.add("complete");
		}

	}

}
