package io.telemetryrouter;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rule 6 under load: several producers, handlers of every kind, and a close.
 */
class AccountingLoadTests {

	private static final int PRODUCERS = 4;

	private final CapturedLog log = new CapturedLog();

	private TelemetryRouter router = TelemetryRouter.builder().build();

	@AfterEach
	void close() {
		this.router.close();
		this.log.close();
	}

	private void emit(String payload, int times) {
		for (int i = 0; i < times; i++) {
			this.router.emit("x", payload);
		}
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4 })
	@Tag("stress")
	void whenManyThreadsEmitToAllKindsOfHandlersThenEveryAccountBalancesToTheEvent(long seed) throws Exception {
		Workload workload = new Workload(seed, 1000);
		use(workload.router(TelemetryRouter.builder()));
		workload.run(this.router);
		RouterSnapshot snapshot = Books.balanced(this.router);
		workload.verify(snapshot);
	}

	@ParameterizedTest
	@ValueSource(longs = { 11, 12, 13, 14 })
	@Tag("stress")
	void whenRouterClosesInTheMiddleThenEveryAccountBalancesToTheEvent(long seed) throws Exception {
		Workload workload = new Workload(seed, 1000);
		use(workload.router(TelemetryRouter.builder().shutdownTimeout(Duration.ofMillis((seed % 2) * 20))));
		workload.closeAt(new Random(seed).nextInt(PRODUCERS * 900));
		workload.run(this.router);
		this.router.close();
		RouterSnapshot snapshot = Books.quiet(this.router);
		assertThat(snapshot.handlers().values())
			.allSatisfy((handler) -> assertThat(handler.account().isBalanced()).as("%s", handler.account()).isTrue());
		workload.verify(snapshot);
		assertThat(Books.dropped(Books.total(snapshot), DropReason.CLOSED)).isPositive();
	}

	@Test
	void whenAccountsAreReadWhileEventsFlowThenNothingIsCountedBeforeItWasOffered() throws Exception {
		this.router.subscribe(HandlerSpec.on("event")
			.id("sync")
			.condition((event) -> event.payload().equals(1))
			.handler((name, payload) -> {
			})
			.build());
		this.router.subscribe(HandlerSpec.on("event").id("lane").async().maxQueue(4).handler((name, payload) -> {
		}).build());
		AtomicReference<@Nullable HandlerAccount> wrong = new AtomicReference<>();
		AtomicBoolean done = new AtomicBoolean();
		Parallel.run(3, (number) -> {
			if (number == 0) {
				while (!done.get()) {
					for (String id : List.of("sync", "lane")) {
						HandlerAccount account = Books.of(this.router, id);
						if (account.handled() + account.failed() + account.filtered() + account.droppedTotal() > account
							.offered()) {
							wrong.set(account);
						}
					}
				}
			}
			else {
				for (int i = 0; i < 20_000; i++) {
					this.router.emit("event", i % 2);
				}
				done.set(true);
			}
		});
		assertThat(wrong).hasValue(null);
		Books.balanced(this.router);
	}

	private void use(TelemetryRouterBuilder builder) {
		this.router.close();
		this.router = builder.build();
	}

	/**
	 * Several producers, handlers of every kind with small queues, and a thread that
	 * subscribes and unsubscribes. The seed determines all random values.
	 */
	private static final class Workload {

		private final long seed;

		private final int events;

		private final boolean measured;

		/** Emits of the name that the fixed handlers listen to. */
		private final AtomicLong emitted = new AtomicLong();

		private final LongAdder returned = new LongAdder();

		private final LongAdder threw = new LongAdder();

		private final LongAdder rejected = new LongAdder();

		private final LongAdder onceCalls = new LongAdder();

		private final Phaser churn = new Phaser(PRODUCERS);

		private int fixed;

		private int onces;

		private long closeAt = Long.MAX_VALUE;

		private final AtomicBoolean closed = new AtomicBoolean();

		Workload(long seed, int events) {
			this.seed = seed;
			this.events = events;
			this.measured = seed % 2 == 0;
		}

		private void closeAt(long count) {
			this.closeAt = count;
		}

		private TelemetryRouterBuilder router(TelemetryRouterBuilder builder) {
			return builder.measureLatency(this.measured)
				.blockTimeout(Duration.ofNanos(1000))
				.maxHandlerQueue(1 + (int) (this.seed % 5));
		}

		private void run(TelemetryRouter router) throws Exception {
			for (OverflowPolicy policy : EnumSet.complementOf(EnumSet.of(OverflowPolicy.SPILL))) {
				for (int concurrency = 1; concurrency <= 2; concurrency++) {
					subscribe(router, HandlerSpec.on("event").async().overflow(policy).concurrency(concurrency));
				}
			}
			subscribe(router, HandlerSpec.on("event"));
			subscribe(router, HandlerSpec.on("**"));
			subscribe(router, HandlerSpec.on("event").condition(this::isEven));
			subscribe(router, HandlerSpec.on("event").async().condition(this::isEven));
			router.subscribe(HandlerSpec.on("event").payloadType(String.class).handler((name, payload) -> {
			}).build());
			router.subscribe(
					HandlerSpec.onPayload(Integer.class).async().handler((name, payload) -> count(payload)).build());
			this.fixed += 2;
			for (int i = 0; i < 20; i++) {
				HandlerSpec.Builder<Object> once = HandlerSpec.on("event");
				router.subscribe(((i % 2 == 0) ? once : once.async()).times(1 + i % 3)
					.handler((name, payload) -> this.onceCalls.increment())
					.build());
				this.onces++;
			}
			Parallel.run(PRODUCERS + 1, (number) -> {
				if (number == PRODUCERS) {
					churn(router);
				}
				else {
					produce(router, number);
				}
			});
		}

		private void subscribe(TelemetryRouter router, HandlerSpec.Builder<Object> spec) {
			router.subscribe(spec.handler((name, payload) -> count(payload)).build());
			this.fixed++;
		}

		private boolean isEven(TelemetryEvent<Object> event) {
			boolean even = (Integer) event.payload() % 2 == 0;
			if (!even) {
				this.rejected.increment();
			}
			return even;
		}

		private void count(Object payload) throws Exception {
			int value = (Integer) payload;
			if (value % 17 == 0) {
				// Slow, without sleeping.
				for (int i = 0; i < 2000; i++) {
					Thread.onSpinWait();
				}
			}
			if (value % 7 == 0) {
				this.threw.increment();
				throw new Exception("seven");
			}
			this.returned.increment();
		}

		private void produce(TelemetryRouter router, int number) {
			SplittableRandom random = new SplittableRandom(this.seed * 31 + number);
			for (int i = 0; i < this.events; i++) {
				int value = random.nextInt(1000);
				if (value % 50 == 0) {
					router.emitAsync("event", value);
				}
				else {
					router.emit("event", value);
				}
				if (this.emitted.incrementAndGet() >= this.closeAt && this.closed.compareAndSet(false, true)) {
					router.close();
				}
				if (value % 100 == 0) {
					router.snapshot();
				}
			}
			this.churn.arriveAndDeregister();
		}

		private void churn(TelemetryRouter router) {
			while (!this.churn.isTerminated() && !this.closed.get()) {
				try {
					Subscription sync = router.subscribe("event", (name, payload) -> count(payload));
					Subscription async = router
						.subscribe(HandlerSpec.on("event").async().handler((name, payload) -> count(payload)).build());
					router.handlerSnapshot(sync.handlerId());
					async.close();
					sync.close();
				}
				catch (IllegalStateException ex) {
					// Closed meanwhile.
					return;
				}
			}
		}

		private void verify(RouterSnapshot snapshot) {
			assertThat(this.emitted).hasValue((long) PRODUCERS * this.events);
			long constant = snapshot.handlers().values().stream().filter((handler) -> handler.times() == 0).count();
			assertThat(constant).isGreaterThanOrEqualTo(this.fixed);
			long offered = snapshot.handlers()
				.values()
				.stream()
				.filter((handler) -> handler.times() == 0)
				.limit(this.fixed)
				.mapToLong((handler) -> handler.account().offered())
				.sum();
			assertThat(offered).isEqualTo(this.fixed * this.emitted.get());
			assertThat(snapshot.events().get("event").emitted()).isEqualTo(this.emitted.get());
			HandlerAccount total = Books.total(snapshot);
			assertThat(total.isBalanced()).as("%s", total).isTrue();
			// A call that outlives the close is failed, whatever it does later.
			Books.eventually(() -> total.handled() + total.failed() == this.returned.sum() + this.onceCalls.sum()
					+ this.threw.sum());
			assertThat(total.failed() - this.threw.sum()).isBetween(0L,
					(this.closeAt == Long.MAX_VALUE) ? 0L : snapshot.handlers().size());
			assertThat(total.filtered()).isEqualTo(this.rejected.sum());
			if (this.closeAt == Long.MAX_VALUE) {
				assertThat(Books.dropped(total, DropReason.TYPE_MISMATCH)).isEqualTo(this.emitted.get());
				assertThat(snapshot.handlers().values()).noneMatch(HandlerSnapshot::isOnce);
			}
		}

	}

}
