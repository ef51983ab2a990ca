package io.telemetryrouter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An event that an asynchronous handler emits follows its cause in every queue: an event
 * is added to all queues before any worker is woken for it.
 */
class EffectOrderTests {

	private static final int LANES = 50;

	private final ExecutorService threads = Executors.newCachedThreadPool((task) -> {
		Thread thread = new Thread(task, "effect-order");
		thread.setDaemon(true);
		return thread;
	});

	/** Tasks that were handed over and have not ended. */
	private final AtomicInteger tasks = new AtomicInteger();

	private final List<String> order = new CopyOnWriteArrayList<>();

	private final CountDownLatch hung = new CountDownLatch(1);

	private TelemetryRouter router = TelemetryRouter.builder().laneExecutor(this::execute).build();

	@AfterEach
	void close() {
		this.hung.countDown();
		this.router.close();
		this.threads.shutdownNow();
	}

	private void use(TelemetryRouterBuilder builder) {
		this.router.close();
		this.router = builder.build();
	}

	private void execute(Runnable task) {
		this.tasks.incrementAndGet();
		this.threads.execute(() -> {
			try {
				task.run();
			}
			finally {
				this.tasks.decrementAndGet();
			}
		});
	}

	private void subscribe(String id, PayloadHandler<Object> handler, String... events) {
		this.router.subscribe(HandlerSpec.on(events).id(id).async().handler(handler).build());
	}

	@ParameterizedTest
	@EnumSource
	void whenFirstWorkerIsWokenThenEveryQueueHasTheEvent(OverflowPolicy overflow) {
		List<Long> queued = new CopyOnWriteArrayList<>();
		use(TelemetryRouter.builder().overflow(overflow).laneExecutor((task) -> {
			queued.add(Books.total(this.router.snapshot()).queued());
			execute(task);
		}));
		Thread emitter = Thread.currentThread();
		List<Thread> wakers = new CopyOnWriteArrayList<>();
		this.router.subscribe(new MemoryRecorder().sync());
		for (int i = 0; i < LANES; i++) {
			subscribe("lane." + i, (event, payload) -> {
				wakers.add(Thread.currentThread());
				Books.pass(this.hung);
			}, "cause");
		}
		this.router.emit("cause", null);
		assertThat(queued.get(0)).as("queues that have the event at the first wake").isEqualTo(LANES);
		assertThat(wakers).doesNotContain(emitter);
	}

	@Test
	void whenHandlerEmitsThenItsCauseIsInEveryQueueAlready() {
		CountDownLatch emitted = new CountDownLatch(1);
		List<Boolean> waited = new ArrayList<>();
		// The emitter goes on when the first handler has emitted in turn, or not at all.
		use(TelemetryRouter.builder().laneExecutor((task) -> {
			this.threads.execute(task);
			if (waited.isEmpty() && Books.of(this.router, "last").queued() == 0) {
				waited.add(true);
				Books.pass(emitted);
			}
		}));
		subscribe("first", (event, payload) -> {
			this.router.emit("effect", payload);
			emitted.countDown();
		}, "cause");
		subscribe("last", (event, payload) -> this.order.add(event), "cause", "effect");
		this.router.emit("cause", null);
		Books.balanced(this.router);
		assertThat(this.order).containsExactly("cause", "effect");
	}

	@Test
	@Tag("stress")
	void whenManyLanesAreBetweenThenNoEffectOvertakesItsCause() {
		int rounds = 1000;
		List<Integer> causes = new CopyOnWriteArrayList<>();
		AtomicInteger early = new AtomicInteger();
		subscribe("first", (event, payload) -> this.router.emit("effect", payload), "cause");
		for (int i = 0; i < LANES; i++) {
			subscribe("between." + i, (event, payload) -> {
			}, "cause");
		}
		AtomicInteger lastCause = new AtomicInteger(-1);
		subscribe("last", (event, payload) -> {
			if (event.equals("cause")) {
				lastCause.set((int) payload);
				causes.add((int) payload);
			}
			else if (lastCause.get() != (int) payload) {
				early.incrementAndGet();
			}
		}, "cause", "effect");
		for (int round = 0; round < rounds; round++) {
			this.router.emit("cause", round);
			// Only where all workers sleep is the order promised.
			Books.eventually(() -> this.tasks.get() == 0);
		}
		Books.balanced(this.router);
		assertThat(causes).hasSize(rounds);
		assertThat(early.get()).as("effects before their cause, of %d", rounds).isZero();
	}

	/**
	 * A lane that makes the emitter wait for room withholds the event from no other, and
	 * lets no effect overtake it there.
	 */
	@Test
	void whenALaneBlocksTheEmitterThenTheEventIsInTheOtherQueuesAlready() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch effect = new CountDownLatch(1);
		use(TelemetryRouter.builder().laneExecutor(this::execute).blockTimeout(Duration.ofDays(1)));
		subscribe("first", (event, payload) -> this.router.emit("effect", payload), "cause");
		this.router.subscribe(HandlerSpec.on("cause", "filler")
			.id("full")
			.async()
			.maxQueue(1)
			.overflow(OverflowPolicy.BLOCK)
			.handler((event, payload) -> {
				begun.countDown();
				Books.pass(this.hung);
			})
			.build());
		subscribe("last", (event, payload) -> {
			this.order.add(event);
			if (event.equals("effect")) {
				effect.countDown();
			}
		}, "cause", "effect");
		this.router.emit("filler", 1);
		Books.pass(begun);
		this.router.emit("filler", 2);
		Thread emitter = new Thread(() -> this.router.emit("cause", null));
		emitter.start();
		Books.pass(effect);
		assertThat(emitter.isAlive()).isTrue();
		this.hung.countDown();
		emitter.join(Books.LIMIT.toMillis());
		Books.balanced(this.router);
		assertThat(this.order).containsExactly("cause", "effect");
	}

	@Test
	void whenALaneBlocksTheEmitterThenLaterLanesHandleTheEventMeanwhile() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch handled = new CountDownLatch(1);
		use(TelemetryRouter.builder().blockTimeout(Duration.ofDays(1)));
		this.router.subscribe(HandlerSpec.on("cause", "filler")
			.id("full")
			.async()
			.maxQueue(1)
			.overflow(OverflowPolicy.BLOCK)
			.handler((event, payload) -> {
				begun.countDown();
				Books.pass(this.hung);
			})
			.build());
		subscribe("later", (event, payload) -> handled.countDown(), "cause");
		this.router.emit("filler", 1);
		Books.pass(begun);
		this.router.emit("filler", 2);
		Thread emitter = new Thread(() -> this.router.emit("cause", null));
		emitter.start();
		Books.pass(handled);
		assertThat(emitter.isAlive()).isTrue();
		this.hung.countDown();
		emitter.join(Books.LIMIT.toMillis());
		Books.balanced(this.router);
	}

}
