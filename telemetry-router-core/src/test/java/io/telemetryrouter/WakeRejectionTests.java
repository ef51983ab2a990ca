package io.telemetryrouter;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.telemetryrouter.ScriptedExecutor.Step;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A lane whose wake-up was rejected retries by itself, without a further emit, flush or
 * close.
 */
class WakeRejectionTests {

	private final ScriptedExecutor executor = new ScriptedExecutor();

	private final List<Object> handled = new CopyOnWriteArrayList<>();

	private final CountDownLatch hung = new CountDownLatch(1);

	private CapturedLog log;

	private TelemetryRouter router;

	@BeforeEach
	void open() {
		this.log = new CapturedLog();
		this.router = TelemetryRouter.builder().laneExecutor(this.executor).build();
	}

	@AfterEach
	void close() {
		this.hung.countDown();
		this.router.close();
		this.log.close();
	}

	private static HandlerSpec.Builder<Object> async() {
		return HandlerSpec.on("event").id("lane").async();
	}

	private void awaitHandled(int count) {
		Books.eventually(() -> this.handled.size() >= count);
		assertThat(this.handled).hasSize(count);
	}

	@ParameterizedTest
	@EnumSource(value = Step.class, names = { "REJECT", "THROW_ERROR" })
	void whenExecutorRefusesOnceThenOnceHandlerRunsAllTheSame(Step refusal) throws Exception {
		this.router.subscribe(async().once().handler((event, payload) -> this.handled.add(payload)).build());
		this.executor.next(refusal);
		CompletableFuture<EmitOutcome> outcome = this.router.emitAsync("event", 1);
		awaitHandled(1);
		assertThat(outcome.get(30, TimeUnit.SECONDS)).isEqualTo(new EmitOutcome(1, 0, 0, 0));
	}

	@Test
	void whenExecutorRefusesSeveralTimesThenEventsAreHandledInOrder() {
		this.router.subscribe(async().handler((event, payload) -> this.handled.add(payload)).build());
		this.executor.next(Step.REJECT, Step.REJECT, Step.REJECT);
		this.router.emit("event", 1);
		this.router.emit("event", 2);
		awaitHandled(2);
		assertThat(this.handled).containsExactly(1, 2);
	}

	@Test
	void whenExecutorRefusesAConcurrentHandlerThenEventsAreHandled() {
		this.router.subscribe(async().concurrency(3).handler((event, payload) -> this.handled.add(payload)).build());
		this.executor.next(Step.REJECT, Step.THROW_ERROR, Step.REJECT);
		for (int i = 0; i < 3; i++) {
			this.router.emit("event", i);
		}
		awaitHandled(3);
	}

	/**
	 * On the user's executor a lane makes way after some events, and needs a thread again
	 * for the others.
	 */
	@Test
	void whenExecutorRefusesALaneThatMadeWayThenTheRestIsHandled() {
		int count = 1000;
		this.router.subscribe(async().maxQueue(count).handler((event, payload) -> this.handled.add(payload)).build());
		this.executor.next(Step.KEEP, Step.REJECT);
		for (int i = 0; i < count; i++) {
			this.router.emit("event", i);
		}
		this.executor.runKept();
		awaitHandled(count);
		assertThat(this.handled).containsExactlyElementsOf(IntStream.range(0, count).boxed().toList());
	}

	@Test
	void whenExecutorRefusesALaneThatIsResumedThenEventsAreHandled() {
		this.router.subscribe(async().handler((event, payload) -> this.handled.add(payload)).build());
		this.router.pause("lane");
		this.router.emit("event", 1);
		this.executor.next(Step.REJECT);
		this.router.resume("lane");
		awaitHandled(1);
	}

	@Test
	void whenExecutorRefusesALaneWhoseCallWasGivenUpThenTheRestIsHandled() {
		this.router.close();
		this.router = TelemetryRouter.builder()
			.laneExecutor(this.executor)
			.handlerTimeout(Duration.ofMillis(20))
			.build();
		this.router.subscribe(async().handler((event, payload) -> {
			if (payload.equals("hangs")) {
				this.hung.await();
			}
			this.handled.add(payload);
		}).build());
		// A report of the failure may ask for a thread as well.
		this.executor.next(Step.KEEP, Step.REJECT, Step.REJECT, Step.REJECT);
		this.router.emit("event", "hangs");
		this.router.emit("event", "next");
		this.executor.runKept();
		awaitHandled(1);
		assertThat(this.handled).containsExactly("next");
		assertThat(Books.of(this.router, "lane").failed()).isOne();
	}

	/**
	 * An emit with a nearly exhausted stack may queue its event and then fail to wake a
	 * worker. Each lane gets its event from a thread with a little more stack left than
	 * the one before.
	 */
	@Test
	void whenEmittersRunOutOfStackThenWhatTheyQueuedIsHandledAllTheSame() throws Exception {
		this.router.close();
		this.router = TelemetryRouter.builder().logger(new Silence()).build();
		int count = 300;
		AtomicInteger calls = new AtomicInteger();
		for (int i = 0; i < count; i++) {
			int frames = i;
			String event = "event." + i;
			this.router
				.subscribe(HandlerSpec.on(event).async().handler((name, payload) -> calls.incrementAndGet()).build());
			Thread emitter = new Thread(null, () -> {
				this.router.emit(event, 1);
				LaneRecoveryTests.runNear(frames, new int[1], () -> emitOrFail(event));
			}, "narrow", 256 * 1024);
			emitter.start();
			emitter.join();
		}
		HandlerAccount total = Books.total(Books.quiet(this.router));
		assertThat(total.offered()).isBetween((long) count, 2L * count);
		assertThat(total.handled()).isEqualTo(calls.get());
	}

	private void emitOrFail(String event) {
		try {
			this.router.emit(event, 2);
		}
		catch (StackOverflowError ex) {
			// Was told so, as by any call.
			return;
		}
	}

}
