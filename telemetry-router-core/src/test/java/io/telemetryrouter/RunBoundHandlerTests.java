package io.telemetryrouter;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Handlers that are bound to a run, and the memory of runs.
 */
@SuppressWarnings("try")
class RunBoundHandlerTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final TelemetryRouter router = TelemetryRouter.builder().build();

	private final List<Object> payloads = new CopyOnWriteArrayList<>();

	@AfterEach
	void close() {
		this.router.close();
	}

	private Subscription bind(String runId) {
		return this.router.subscribe(HandlerSpec.on("**")
			.run(runId)
			.id("of-" + runId)
			.handler((event, payload) -> this.payloads.add(payload))
			.build());
	}

	@Test
	void whenAHandlerIsBoundToARunThenItGetsThatRunsEventsOnly() {
		Subscription bound = bind("mine");
		this.router.emit("a", "none");
		try (RunScope run = this.router.openRun("mine")) {
			this.router.emit("a", "mine");
			try (RunScope nested = this.router.openRun("other")) {
				this.router.emit("a", "other");
			}
			this.router.forRun("mine").emit("a", "detached");
			assertThat(this.router.handlerSnapshot("of-mine").account().filtered()).isEqualTo(2);
			assertThat(bound.isActive()).isTrue();
		}
		assertThat(this.payloads).containsExactly("mine", "detached");
		assertThat(bound.isActive()).isFalse();
		assertThat(this.router.handlerSnapshot("of-mine")).isNull();
	}

	@Test
	void whenARunIsOpenTwiceThenItsHandlersLeaveWithTheLastScope() {
		RunScope first = this.router.openRun("run");
		RunScope second = this.router.openRun("run");
		Subscription bound = bind("run");
		first.close();
		first.close();
		assertThat(bound.isActive()).isTrue();
		second.close();
		assertThat(bound.isActive()).isFalse();
	}

	@Test
	void whenAnAsynchronousHandlerLeavesWithItsRunThenItHandlesWhatIsQueued() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		this.router.subscribe(HandlerSpec.on("**").run("run").async().handler((event, payload) -> {
			release.await();
			this.payloads.add(payload);
		}).build());
		try (RunScope run = this.router.openRun("run")) {
			this.router.emit("a", 1);
			this.router.emit("a", 2);
		}
		release.countDown();
		assertThat(this.router.flush(PATIENCE).complete()).isTrue();
		assertThat(this.payloads).containsExactly(1, 2);
	}

	@Test
	void whenTheEmittersOfARunAreGoneThenItsHandlersLeave() {
		Subscription bound = bind("run");
		emitDetached();
		await().atMost(PATIENCE).until(() -> {
			System.gc();
			return !bound.isActive();
		});
		assertThat(this.payloads).containsExactly("detached");
	}

	private void emitDetached() {
		this.router.forRun("run").emit("a", "detached");
	}

	@Test
	void whenNothingRefersToARunThenItsMemoryReturns() throws Exception {
		this.router.subscribe(HandlerSpec.on("**").eventHandler((event) -> {
		}).build());
		WeakReference<Object> context = ranOnce();
		await().atMost(PATIENCE).until(() -> {
			System.gc();
			return context.get() == null;
		});
	}

	private WeakReference<Object> ranOnce() throws Exception {
		Object[] context = new Object[1];
		Thread thread = new Thread(() -> {
			// Killed: the scope is never closed.
			this.router.openRun("run");
			this.router.emit("a", null);
			context[0] = RunContext.current();
		});
		thread.start();
		thread.join(TimeUnit.SECONDS.toMillis(30));
		assertThat(context[0]).isNotNull();
		return new WeakReference<>(context[0]);
	}

}
