package io.telemetryrouter;

import java.time.Duration;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A failing emit costs the same in a large router as in a small one.
 */
@Tag("cost")
class FailureCostTests {

	/** Names under the limit of those that are tracked. */
	private static final int NAMES = 9_900;

	/** Allowed ratio of the costs of a failure, which includes cache effects. */
	private static final double MARGIN = 4;

	private static final int ROUNDS = 20;

	private static final int EMITS = 50;

	private final RuntimeException failure = new IllegalStateException("on purpose");

	private TelemetryRouter router;

	@AfterEach
	void close() {
		if (this.router != null) {
			this.router.close();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenThereAreManyNamesThenAFailureCostsWhatItCostsWithOne(boolean measured) {
		warmUp(measured);
		long one = cost(measured, 1);
		long many = cost(measured, NAMES);
		assertWithin("one name", one, "%d names".formatted(NAMES), many);
	}

	private long cost(boolean measured, int names) {
		open((builder) -> builder.measureLatency(measured));
		subscribeFailing("**");
		for (int i = 0; i < names; i++) {
			this.router.emit("name." + i, "quick");
		}
		return failures("name.0");
	}

	@Test
	void whenManyRoutesAreRetiredThenAFailureCostsWhatItCostsWithNone() {
		warmUp(true);
		open(UnaryOperator.identity());
		subscribeFailing("failing");
		long none = failures("failing");
		// Those of a name in steady use, which handlers come to and leave.
		for (int i = 0; i < 1000; i++) {
			Subscription subscription = this.router.subscribe("churned", (event, payload) -> {
			});
			for (int j = 0; j < 1100; j++) {
				this.router.emit("churned", "quick");
			}
			subscription.close();
		}
		long many = failures("failing");
		assertWithin("no retired route", none, "many", many);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenThereAreManyNamesThenAFailingConditionCostsWhatItCostsWithOne(boolean async) {
		long one = conditions(async, 1);
		one = Math.min(one, conditions(async, 1));
		long many = conditions(async, NAMES);
		assertWithin("one name", one, "%d names".formatted(NAMES), many);
	}

	private long conditions(boolean async, int names) {
		open(UnaryOperator.identity());
		this.router
			.subscribe(HandlerSpec.on("**").mode(async ? HandlerMode.ASYNC : HandlerMode.SYNC).condition((event) -> {
				if (event.payload().equals("fail")) {
					throw this.failure;
				}
				return false;
			}).handler((event, payload) -> {
			}).build());
		for (int i = 0; i < names; i++) {
			this.router.emit("name." + i, "quick");
		}
		return failures("name.0");
	}

	@Test
	void whenManyThreadsHaveEmittedThenAFailureCostsWhatItCostsWithOne() throws InterruptedException {
		warmUp(false);
		open((builder) -> builder.measureLatency(false));
		subscribeFailing("**");
		long one = failures("name");
		Thread[] threads = new Thread[2000];
		for (int i = 0; i < threads.length; i++) {
			threads[i] = new Thread(() -> this.router.emit("name", "quick"));
			threads[i].start();
		}
		for (Thread thread : threads) {
			thread.join();
		}
		long many = failures("name");
		assertWithin("one thread", one, "2000 threads", many);
	}

	@Test
	void whenThereAreManyNamesThenAnEmitOutsideOfTheTableCostsWhatItCostsWithOne() {
		open((builder) -> builder.maxEventNames(1));
		subscribeFailing("**");
		this.router.emit("tracked", "quick");
		failures("untracked");
		long one = failures("untracked");
		open((builder) -> builder.maxEventNames(NAMES));
		subscribeFailing("**");
		for (int i = 0; i < NAMES; i++) {
			this.router.emit("name." + i, "quick");
		}
		long many = failures("untracked");
		assertWithin("one name", one, "%d names".formatted(NAMES), many);
	}

	private void warmUp(boolean measured) {
		cost(measured, 1);
		cost(measured, 1);
	}

	private void open(UnaryOperator<TelemetryRouterBuilder> options) {
		close();
		this.router = options
			.apply(TelemetryRouter.builder()
				.logger(new Silence())
				.stuckThreshold(Duration.ZERO)
				.quarantine(QuarantineSettings.defaults()
					.withFailures(Integer.MAX_VALUE)
					.withFailureRate(1, Duration.ofDays(1), Integer.MAX_VALUE)))
			.build();
	}

	private void subscribeFailing(String pattern) {
		this.router.subscribe(pattern, (event, payload) -> {
			if (payload.equals("fail")) {
				throw this.failure;
			}
		});
	}

	private long failures(String event) {
		return Effort.cpuNanos(ROUNDS, () -> {
			for (int i = 0; i < EMITS; i++) {
				this.router.emit(event, "fail");
			}
		}) / EMITS;
	}

	private static void assertWithin(String small, long base, String large, long cost) {
		assertThat((double) cost / base).as("%s: %d ns, %s: %d ns", small, base, large, cost)
			.isLessThanOrEqualTo(MARGIN);
	}

}
