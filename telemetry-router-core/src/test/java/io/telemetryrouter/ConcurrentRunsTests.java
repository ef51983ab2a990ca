package io.telemetryrouter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many concurrent runs, on platform threads and, if the JDK has them, on virtual threads.
 */
@SuppressWarnings("try")
class ConcurrentRunsTests {

	private static final int RUNS = 50;

	private static final int STEPS = 40;

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final TelemetryRouter router = TelemetryRouter.builder().maxHandlerQueue(1_000_000).build();

	private final ConcurrentLinkedQueue<TelemetryEvent<?>> events = new ConcurrentLinkedQueue<>();

	private final CountDownLatch release = new CountDownLatch(1);

	@AfterEach
	void close() {
		this.release.countDown();
		this.router.close();
	}

	static Stream<ExecutorService> executors() throws Exception {
		Stream<ExecutorService> executors = Stream.of(Executors.newFixedThreadPool(8));
		if (Runtime.version().feature() < 21) {
			return executors;
		}
		// The baseline is Java 17.
		return Stream.concat(executors,
				Stream.of((ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null)));
	}

	@ParameterizedTest
	@MethodSource("executors")
	void whenManyRunsGoOnAtOnceThenEachEventHasItsRunParentCauseAndNumber(ExecutorService executor) throws Exception {
		this.router.subscribe(HandlerSpec.on("**").async().eventHandler(this.events::add).build());
		// Emits in turn: synchronously, and from a lane.
		this.router.subscribe("step", (event, payload) -> this.router.emit("step.sync", payload));
		this.router.subscribe(HandlerSpec.on("step")
			.async()
			.concurrency(4)
			.handler((event, payload) -> this.router.emit("step.async", payload))
			.build());
		List<Future<?>> running = new ArrayList<>();
		for (int run = 0; run < RUNS; run++) {
			String id = "run-" + run;
			running.add(executor.submit(() -> run(id, executor)));
		}
		for (Future<?> run : running) {
			run.get(30, TimeUnit.SECONDS);
		}
		executor.shutdown();
		assertThat(executor.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
		assertThat(this.router.flush(PATIENCE).complete()).isTrue();
		// Events that lanes have emitted are queued after the first barrier.
		assertThat(this.router.flush(PATIENCE).complete()).isTrue();
		check();
	}

	private void run(String id, ExecutorService executor) {
		try (RunScope run = this.router.openRun(id)) {
			for (int step = 0; step < STEPS; step++) {
				this.router.emit("step", id);
				try (RunScope nested = this.router.openRun(id + "/child")) {
					this.router.emit("nested", id + "/child");
				}
				this.router.forRun(id + "/callback", id).emit("callback", id + "/callback");
				// The same run on another thread at the same time.
				executor.execute(() -> this.router.forRun(id).emit("other", id));
			}
		}
	}

	private void check() {
		Map<UUID, TelemetryEvent<?>> byId = this.events.stream()
			.collect(Collectors.toMap(TelemetryEvent::id, Function.identity()));
		for (TelemetryEvent<?> event : this.events) {
			assertThat(event.runId()).isEqualTo(event.payload());
			assertThat(event.parentRunId())
				.isEqualTo(event.runId().contains("/") ? event.runId().replaceAll("/.*", "") : null);
			if (event.name().startsWith("step.")) {
				TelemetryEvent<?> cause = byId.get(event.causationId());
				assertThat(cause.name()).isEqualTo("step");
				assertThat(cause.runId()).isEqualTo(event.runId());
			}
			else {
				assertThat(event.causationId()).isNull();
			}
		}
		Map<String, List<TelemetryEvent<?>>> byRun = this.events.stream()
			.collect(Collectors.groupingBy(TelemetryEvent::runId));
		assertThat(byRun).hasSize(3 * RUNS);
		byRun.forEach((id, events) -> {
			long count = id.contains("/") ? STEPS : 4 * STEPS;
			events.sort(Comparator.comparingLong(TelemetryEvent::runSequence));
			assertThat(events.stream().mapToLong(TelemetryEvent::runSequence).toArray()).as(id)
				.isEqualTo(LongStream.rangeClosed(1, count).toArray());
		});
	}

	@Test
	void whenOneOfManyRunsHangsThenTheOthersFlush() throws Exception {
		CountDownLatch hangs = new CountDownLatch(1);
		this.router.subscribe(HandlerSpec.on("step").async().concurrency(2).eventHandler((event) -> {
			if (event.runId().equals("run-0")) {
				hangs.countDown();
				this.release.await();
			}
			this.events.add(event);
		}).build());
		this.router.forRun("run-0").emit("step", null);
		assertThat(hangs.await(30, TimeUnit.SECONDS)).isTrue();
		ExecutorService executor = Executors.newFixedThreadPool(8);
		List<Future<FlushResult>> flushed = new ArrayList<>();
		for (int run = 1; run < RUNS; run++) {
			String id = "run-" + run;
			flushed.add(executor.submit(() -> {
				for (int step = 0; step < STEPS; step++) {
					this.router.forRun(id).emit("step", null);
				}
				FlushResult result = this.router.flushRun(id, PATIENCE);
				assertThat(this.events.stream().filter((event) -> id.equals(event.runId()))).hasSize(STEPS);
				return result;
			}));
		}
		for (Future<FlushResult> flush : flushed) {
			assertThat(flush.get(60, TimeUnit.SECONDS).complete()).isTrue();
		}
		executor.shutdown();
		assertThat(this.router.flushRun("run-0", Duration.ZERO).complete()).isFalse();
	}

}
