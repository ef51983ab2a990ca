package io.telemetryrouter;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Subscriptions and removals during emits leave no state that makes later ones more
 * expensive.
 */
@Tag("cost")
class ChurnCostTests {

	private static final double MARGIN = 4;

	/** So many emits make a route one in steady use. */
	private static final int EMITS = 1100;

	private static final int CYCLES = 1500;

	/** How many cycles are measured, each by itself. */
	private static final int MEASURED = 50;

	private static final Duration LONG = Duration.ofMinutes(10);

	private TelemetryRouter router;

	@AfterEach
	void close() {
		if (this.router != null) {
			this.router.close();
		}
	}

	/**
	 * Way in which a handler is subscribed and removed.
	 */
	enum Churn {

		/** A synchronous handler of the emitted name. */
		SYNC {

			@Override
			void cycle(TelemetryRouter router) {
				router.subscribe("event", (event, payload) -> {
				}).close();
			}

		},

		/** An asynchronous handler of the emitted name. */
		ASYNC {

			@Override
			void cycle(TelemetryRouter router) {
				router.subscribe(HandlerSpec.on("event").async().handler((event, payload) -> {
				}).build()).close();
			}

		},

		/** A handler of all names. */
		ALL {

			@Override
			void cycle(TelemetryRouter router) {
				router.subscribeAll((event, payload) -> {
				}).close();
			}

		},

		/** A handler that leaves by itself. */
		ONCE {

			@Override
			void cycle(TelemetryRouter router) {
				router.subscribeOnce("event", (event, payload) -> {
				});
				router.emit("event", "last");
			}

		},

		/** An awaited event. */
		NEXT {

			@Override
			void cycle(TelemetryRouter router) {
				CompletableFuture<TelemetryEvent<?>> next = router.next("event", (event) -> false, LONG);
				next.cancel(false);
			}

		};

		abstract void cycle(TelemetryRouter router);

	}

	@ParameterizedTest
	@EnumSource
	void whenThousandsHaveComeAndGoneThenTheNextCostsWhatTheFirstDid(Churn churn) {
		// The large one first: everything is compiled when the small one is measured.
		open();
		for (int i = 0; i < CYCLES; i++) {
			emit();
			churn.cycle(this.router);
		}
		long late = cost(churn);
		open();
		long early = cost(churn);
		assertThat((double) late / early).as("first: %d ns, after %d: %d ns", early, CYCLES, late)
			.isLessThanOrEqualTo(MARGIN);
	}

	@ParameterizedTest
	@EnumSource(names = { "SYNC", "ALL" })
	void whenThousandsHaveComeAndGoneThenASnapshotCostsWhatTheFirstDid(Churn churn) {
		open();
		for (int i = 0; i < CYCLES; i++) {
			emit();
			churn.cycle(this.router);
		}
		long late = Effort.cpuNanos(MEASURED, () -> this.router.handlerSnapshot("steady"));
		open();
		emit();
		long early = Effort.cpuNanos(MEASURED, () -> this.router.handlerSnapshot("steady"));
		assertThat((double) late / early).as("first: %d ns, after %d: %d ns", early, CYCLES, late)
			.isLessThanOrEqualTo(MARGIN);
	}

	@ParameterizedTest
	@EnumSource(names = { "SYNC", "ALL" })
	void whenThousandsHaveComeAndGoneThenEmitsCostWhatTheFirstDid(Churn churn) {
		open();
		for (int i = 0; i < CYCLES; i++) {
			emit();
			churn.cycle(this.router);
		}
		long late = emits(churn);
		open();
		long early = emits(churn);
		assertThat((double) late / early).as("first: %d ns, after %d: %d ns", early, CYCLES, late)
			.isLessThanOrEqualTo(MARGIN);
	}

	private void open() {
		close();
		this.router = TelemetryRouter.builder().logger(new Silence()).stuckThreshold(Duration.ZERO).build();
		this.router.subscribe(HandlerSpec.on("event").id("steady").handler((event, payload) -> {
		}).build());
	}

	private void emit() {
		for (int i = 0; i < EMITS; i++) {
			this.router.emit("event", "payload");
		}
	}

	/** The median: the least would be that of a cycle right after a collection. */
	private long cost(Churn churn) {
		long[] costs = new long[MEASURED];
		for (int i = 0; i < MEASURED; i++) {
			emit();
			costs[i] = Effort.cpuNanos(1, () -> churn.cycle(this.router));
		}
		Arrays.sort(costs);
		return costs[MEASURED / 2];
	}

	private long emits(Churn churn) {
		long[] costs = new long[MEASURED];
		for (int i = 0; i < MEASURED; i++) {
			churn.cycle(this.router);
			costs[i] = Effort.cpuNanos(1, this::emit);
		}
		Arrays.sort(costs);
		return costs[MEASURED / 2];
	}

}
