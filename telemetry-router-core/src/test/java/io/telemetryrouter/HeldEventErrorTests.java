package io.telemetryrouter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An error during the delivery of held events: the other events are delivered, each event
 * is counted, and the router starts.
 */
class HeldEventErrorTests {

	private static final int HELD = 10;

	private final List<Object> received = new CopyOnWriteArrayList<>();

	private final List<CompletableFuture<EmitOutcome>> outcomes = new ArrayList<>();

	private final FailingClock clock = new FailingClock();

	private CapturedLog log;

	private TelemetryRouter router;

	@BeforeEach
	void open() {
		this.log = new CapturedLog();
		this.router = TelemetryRouter.builder().holdEvents(HELD).nanoTime(this.clock).build();
	}

	@AfterEach
	void close() {
		this.clock.failing.set(0);
		this.router.close();
		this.log.close();
	}

	static Stream<Throwable> errors() {
		return Stream.of(new IllegalStateException("on purpose"), new OutOfMemoryError("on purpose"),
				new StackOverflowError("on purpose"), new NoClassDefFoundError("on purpose"),
				new AssertionError("on purpose"));
	}

	private void subscribe(HandlerMode mode) {
		this.router.subscribe(HandlerSpec.on("event")
			.id("handler")
			.mode(mode)
			.handler((event, payload) -> this.received.add(payload))
			.build());
	}

	private void hold(int count) {
		for (int i = 0; i < count; i++) {
			this.outcomes.add(this.router.emitAsync("event", i));
		}
		assertThat(this.router.snapshot().held()).isEqualTo(Math.min(count, HELD));
	}

	/** Starts the router, with a clock that fails at some read. */
	private void start(Throwable error, int read) {
		this.clock.error = error;
		this.clock.failing.set(read);
		this.router.start();
		this.clock.failing.set(0);
	}

	private void assertStartedAndCounted(int offered) throws Exception {
		assertThat(this.router.snapshot().held()).isZero();
		this.outcomes.add(this.router.emitAsync("event", "later"));
		HandlerAccount account = Books.balanced(this.router).handlers().get("handler").account();
		assertThat(account.offered()).isEqualTo(offered + 1);
		assertThat(this.received).contains("later");
		for (CompletableFuture<EmitOutcome> outcome : this.outcomes) {
			assertThat(outcome.get(Books.LIMIT.toSeconds(), TimeUnit.SECONDS)).isNotNull();
		}
	}

	@ParameterizedTest
	@MethodSource("errors")
	void whenOneDeliveryFailsThenTheOthersAreDeliveredAndTheRouterStarts(Throwable error) throws Exception {
		subscribe(HandlerMode.SYNC);
		hold(5);
		start(error, 1);
		assertThat(this.received).containsExactly(1, 2, 3, 4);
		Books.eventually(() -> this.log.lines("Delivery of a held event failed").size() == 1);
		assertStartedAndCounted(5);
		assertThat(Books.of(this.router, "handler").failed()).isOne();
	}

	@ParameterizedTest
	@MethodSource("errors")
	void whenOneDeliveryToALaneFailsThenTheOthersAreDeliveredAndTheRouterStarts(Throwable error) throws Exception {
		subscribe(HandlerMode.ASYNC);
		hold(5);
		start(error, 1);
		assertStartedAndCounted(5);
		assertThat(this.received).contains(1, 2, 3, 4);
	}

	@Test
	void whenClockFailsAtAnyReadThenEveryHeldEventIsCounted() throws Exception {
		for (int read = 1; read <= 12; read++) {
			close();
			open();
			this.outcomes.clear();
			this.received.clear();
			subscribe(HandlerMode.SYNC);
			hold(3);
			start(new OutOfMemoryError("on purpose"), read);
			assertStartedAndCounted(3);
		}
	}

	@Test
	void whenEveryDeliveryFailsThenEveryHeldEventIsCounted() throws Exception {
		subscribe(HandlerMode.SYNC);
		hold(5);
		this.clock.always = true;
		start(new OutOfMemoryError("on purpose"), 1);
		this.clock.always = false;
		assertStartedAndCounted(5);
		assertThat(Books.of(this.router, "handler").failed()).isEqualTo(5);
	}

	@Test
	void whenOneDeliveryFailsThenEventsBeyondTheLimitAreCountedAllTheSame() throws Exception {
		subscribe(HandlerMode.SYNC);
		hold(HELD + 3);
		start(new OutOfMemoryError("on purpose"), 1);
		assertStartedAndCounted(HELD + 3);
		assertThat(Books.dropped(Books.of(this.router, "handler"), DropReason.NOT_STARTED)).isEqualTo(3);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 4, 5 })
	void whenOneDeliveryFailsThenEmittersThatWaitedGoOn(int read) throws Exception {
		subscribe(HandlerMode.SYNC);
		AtomicInteger calls = new AtomicInteger();
		List<Thread> threads = new ArrayList<>();
		this.router.subscribe(HandlerSpec.on("event").id("starts").priority(-1).handler((event, payload) -> {
			if (calls.getAndIncrement() == 0) {
				// While held events are delivered others emit, and wait for that to end.
				Thread other = new Thread(() -> this.router.emit("event", "other"));
				threads.add(other);
				other.start();
				Books.eventually(() -> !other.isAlive() || other.getState() == Thread.State.WAITING
						|| other.getState() == Thread.State.TIMED_WAITING);
				this.clock.failing.set(read);
			}
		}).build());
		hold(2);
		this.clock.error = new OutOfMemoryError("on purpose");
		start(this.clock.error, 0);
		for (Thread thread : threads) {
			thread.join(Books.LIMIT.toMillis());
			assertThat(thread.isAlive()).isFalse();
		}
		assertStartedAndCounted(3);
	}

	@Test
	void whenOneDeliveryFailsDuringTheCloseThenItCloses() {
		subscribe(HandlerMode.ASYNC);
		hold(3);
		this.clock.error = new OutOfMemoryError("on purpose");
		this.clock.failing.set(1);
		this.router.close();
		this.clock.failing.set(0);
		assertThat(this.log.lines("closed in")).singleElement().asString().contains("offered=3");
		assertThat(Books.of(this.router, "handler").isBalanced()).isTrue();
		assertThat(this.router.flush(Duration.ZERO).complete()).isTrue();
	}

	/**
	 * A clock that fails at one read of the thread that made it, or at all from then on.
	 */
	private static final class FailingClock implements LongSupplier {

		private final Thread starter = Thread.currentThread();

		/** At which read from now on, or 0 for none. */
		private final AtomicInteger failing = new AtomicInteger();

		private volatile boolean always;

		private volatile @Nullable Throwable error;

		@Override
		public long getAsLong() {
			if (Thread.currentThread() == this.starter && this.failing.get() > 0) {
				if (this.failing.get() == 1 && this.always || this.failing.decrementAndGet() == 0) {
					throwAsIs();
				}
			}
			return System.nanoTime();
		}

		private void throwAsIs() {
			if (this.error instanceof Error fatal) {
				throw fatal;
			}
			throw (RuntimeException) this.error;
		}

	}

}
