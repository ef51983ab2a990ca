package io.telemetryrouter;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Rule 1 for callbacks: error listeners, router listeners and context carriers.
 */
class CallbackIsolationTests {

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

	@ParameterizedTest
	@MethodSource("io.telemetryrouter.Throwables#everyKindOfThrowable")
	void whenErrorListenerThrowsThenNextListenerAndNextHandlerRun(Throwable error) {
		List<HandlerFailure> failures = new ArrayList<>();
		AtomicInteger next = new AtomicInteger();
		IllegalStateException cause = new IllegalStateException("cause");
		try (TelemetryRouter guarded = this.time.router()
			.errorListener((failure) -> Throwables.sneakyThrow(error))
			.errorListener(failures::add)
			.build()) {
			guarded.subscribe(HandlerSpec.on("event").id("bad").handler(Throwables.throwing(cause)).build());
			guarded.subscribe("event", (name, payload) -> next.incrementAndGet());
			guarded.emit("event", null);
			assertThat(Thread.interrupted()).isEqualTo(error instanceof InterruptedException);
			assertThat(next).hasValue(1);
			assertThat(failures).containsExactly(new HandlerFailure("bad", "event", cause, null));
			assertThat(Books.of(guarded, "bad").failed()).isOne();
			assertThat(this.log.lines("Error listener failed")).hasSize(1);
			assertThat(this.log.lines("Handler 'bad' failed on event 'event'")).hasSize(1);
		}
	}

	@ParameterizedTest
	@MethodSource("io.telemetryrouter.Throwables#everyKindOfThrowable")
	void whenContextCarrierThrowsThenEventIsHandledAllTheSame(Throwable error) {
		for (String step : List.of("capture", "restore", "close")) {
			AtomicInteger handled = new AtomicInteger();
			try (TelemetryRouter carrying = this.time.router().contextCarrier(new BrokenCarrier(step, error)).build()) {
				carrying.subscribe(
						HandlerSpec.on("event").async().handler((name, payload) -> handled.incrementAndGet()).build());
				carrying.subscribe("event", (name, payload) -> handled.incrementAndGet());
				carrying.emit("event", null);
				boolean interrupted = Thread.interrupted();
				assertThat(interrupted).isEqualTo(step.equals("capture") && error instanceof InterruptedException);
				Books.balanced(carrying);
				assertThat(handled).as(step).hasValue(2);
			}
		}
		assertThat(this.log.lines("Context carrier failed")).hasSize(3);
	}

	@Test
	void whenContextCarrierRestoresNothingThenEventIsHandled() {
		AtomicInteger handled = new AtomicInteger();
		try (TelemetryRouter carrying = this.time.router().contextCarrier(new BrokenCarrier("nothing", null)).build()) {
			carrying.subscribe(HandlerSpec.on("event")
				.id("restored")
				.async()
				.handler((name, payload) -> handled.incrementAndGet())
				.build());
			carrying.emit("event", null);
			assertThat(Books.total(Books.balanced(carrying)).handled()).isOne();
		}
		assertThat(handled).hasValue(1);
		assertThat(this.log.lines("'restored'")).isEmpty();
		assertThat(this.log.lines("Context carrier failed")).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("io.telemetryrouter.Throwables#everyKindOfThrowable")
	void whenRouterListenerThrowsThenEmitAndSubscribeGoOn(Throwable error) {
		AtomicInteger handled = new AtomicInteger();
		this.router.addListener(new BrokenListener(error, false));
		this.router.addListener(new BrokenListener(error, true));
		assertThatNoException().isThrownBy(() -> {
			Subscription subscription = this.router.subscribe("**", (name, payload) -> handled.incrementAndGet());
			this.router.emit("first", null);
			this.router.emit("first", null);
			subscription.close();
		});
		assertThat(Thread.interrupted()).isEqualTo(error instanceof InterruptedException);
		assertThat(handled).hasValue(2);
		assertThat(this.log.lines("Router listener failed")).hasSize(1);
	}

	@Test
	void whenErrorListenerFailsOnLaneThenLaneGoesOn() {
		try (TelemetryRouter guarded = this.time.router().errorListener((failure) -> {
			throw new StackOverflowError();
		}).build()) {
			guarded.subscribe(HandlerSpec.on("event")
				.id("lane")
				.async()
				.handler(Throwables.throwing(new Exception("bad")))
				.build());
			guarded.emit("event", 1);
			guarded.emit("event", 2);
			Books.eventually(() -> Books.of(guarded, "lane").failed() == 2);
		}
	}

	private record BrokenCarrier(String step, @Nullable Throwable error) implements ContextCarrier {

		@Override
		public Object capture() {
			fail("capture");
			return "context";
		}

		@Override
		public @Nullable Scope restore(Object context) {
			fail("restore");
			return (this.error != null) ? () -> fail("close") : null;
		}

		private void fail(String where) {
			if (this.error != null && where.equals(this.step)) {
				Throwables.sneakyThrow(this.error);
			}
		}

	}

	private record BrokenListener(Throwable error, boolean onlyRecorder) implements RouterListener {

		@Override
		public void handlerAdded(HandlerSnapshot handler) {
			fail();
		}

		@Override
		public void handlerRemoved(HandlerSnapshot handler) {
			fail();
		}

		@Override
		public @Nullable LongConsumer eventAdded(String event) {
			fail();
			return (nanos) -> Throwables.sneakyThrow(this.error);
		}

		@Override
		public void eventRemoved(String event) {
			fail();
		}

		private void fail() {
			if (!this.onlyRecorder) {
				Throwables.sneakyThrow(this.error);
			}
		}

	}

}
