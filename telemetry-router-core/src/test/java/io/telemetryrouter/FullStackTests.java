package io.telemetryrouter;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rule 1 for callers and handlers with an exhausted stack.
 */
class FullStackTests {

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
	@EnumSource
	void whenHandlerOverflowsItsStackThenNextEventIsHandled(HandlerMode mode) {
		this.router.subscribe(HandlerSpec.on("event").id("deep").mode(mode).handler((name, payload) -> {
			if (payload.equals("deep")) {
				recurse(0);
			}
		}).build());
		this.router.emit("event", "deep");
		this.router.emit("event", "flat");
		Books.balanced(this.router);
		assertThat(Books.of(this.router, "deep").failed()).isOne();
		assertThat(Books.of(this.router, "deep").handled()).isOne();
		assertThat(this.router.handlerSnapshot("deep").lastFailure().type())
			.isEqualTo(StackOverflowError.class.getName());
	}

	@RepeatedTest(5)
	void whenCallerOverflowsItsStackWhileEmittingThenItsLaterEventsAreHandled() throws InterruptedException {
		try (TelemetryRouter plain = TelemetryRouter.builder()
			.maxNestedEmits(1)
			.slowThreshold(Duration.ofDays(1))
			.build()) {
			plain.subscribe("deep", (name, payload) -> {
			});
			plain.subscribe(HandlerSpec.on("flat").id("flat").handler((name, payload) -> {
			}).build());
			// A small stack, so that it is soon full.
			Thread caller = new Thread(null, () -> {
				for (int i = 0; i < 20; i++) {
					try {
						emitDeeper(plain, 0);
					}
					catch (StackOverflowError ex) {
						plain.emit("flat", i);
					}
				}
			}, "caller", 200_000);
			caller.start();
			caller.join(Books.LIMIT.toMillis());
			assertThat(Books.of(plain, "flat").handled()).isEqualTo(20);
		}
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DROP_OLDEST")
	void whenCallersHaveNextToNoStackLeftThenNothingIsUncounted(OverflowPolicy overflow) throws InterruptedException {
		int inSteadyUse = 2000;
		for (boolean measured : new boolean[] { true, false }) {
			AtomicInteger returned = new AtomicInteger();
			try (TelemetryRouter plain = TelemetryRouter.builder()
				.measureLatency(measured)
				.overflow(overflow)
				.blockTimeout(Duration.ofMillis(1))
				.maxHandlerQueue(16)
				.build()) {
				if (overflow == OverflowPolicy.SPILL) {
					plain.subscribe(new MemoryRecorder().sync());
				}
				for (HandlerMode mode : HandlerMode.values()) {
					for (int i = 0; i < 3; i++) {
						plain.subscribe(HandlerSpec.on("**").id(mode.name() + i).mode(mode).handler((name, payload) -> {
						}).build());
					}
				}
				// They leave at the bottom one after the other, which replaces the route.
				for (int i = 1; i < 20; i++) {
					plain.subscribe(HandlerSpec.on("**")
						.id("leaves " + i)
						.mode((i % 2 == 0) ? HandlerMode.SYNC : HandlerMode.ASYNC)
						.priority(-i)
						.times(inSteadyUse + i)
						.handler((name, payload) -> {
						})
						.build());
				}
				for (int i = 0; i < inSteadyUse; i++) {
					plain.emit("event", null);
				}
				Thread caller = new Thread(null, () -> emitAtTheBottom(plain, returned), "caller", 400_000);
				caller.start();
				caller.join(Books.LIMIT.toMillis());
				plain.emit("last", null);
				Books.balanced(plain);
				assertThat(plain.snapshot().handlers().keySet()).noneMatch((id) -> id.startsWith("leaves"));
				for (HandlerSnapshot handler : plain.snapshot().handlers().values()) {
					// An event whose emit has failed may be counted or not.
					assertThat(handler.account().offered()).isGreaterThan(inSteadyUse + returned.get());
				}
			}
			assertThat(returned).hasPositiveValue();
		}
	}

	@RepeatedTest(3)
	void whenCallersHaveNextToNoStackLeftThenCursorsOfDurableHandlersMoveOn() throws InterruptedException {
		MemoryRecorder recorder = new MemoryRecorder();
		this.router.subscribe(recorder.sync());
		this.router.subscribe(HandlerSpec.on("**")
			.id("durable")
			.async()
			.overflow(OverflowPolicy.SPILL)
			.durable(true)
			.handler((name, payload) -> {
			})
			.build());
		for (int i = 0; i < 2000; i++) {
			this.router.emit("event", i);
		}
		for (int i = 0; i < 5; i++) {
			Thread caller = new Thread(null, () -> emitAtTheBottom(this.router, new AtomicInteger()), "caller",
					300_000 + i * 17_000L);
			caller.start();
			caller.join(Books.LIMIT.toMillis());
		}
		this.router.emit("last", null);
		Books.balanced(this.router);
		long last = recorder.events.keySet().stream().mapToLong(Long::longValue).max().orElseThrow();
		Books.eventually(() -> recorder.cursors.get("durable") == last);
	}

	@SuppressWarnings("InfiniteRecursion")
	private static void emitAtTheBottom(TelemetryRouter router, AtomicInteger returned) {
		try {
			emitAtTheBottom(router, returned);
		}
		catch (StackOverflowError ex) {
			// The bottom
		}
		if (returned.getPlain() < 300) {
			router.emit("event", returned);
			returned.setPlain(returned.getPlain() + 1);
		}
	}

	@SuppressWarnings("InfiniteRecursion")
	private static void emitDeeper(TelemetryRouter router, int level) {
		try {
			router.emit("deep", level);
		}
		catch (StackOverflowError ex) {
			throw ex;
		}
		emitDeeper(router, level + 1);
	}

	@SuppressWarnings("InfiniteRecursion")
	private static int recurse(int level) {
		return recurse(level + 1) + 1;
	}

}
