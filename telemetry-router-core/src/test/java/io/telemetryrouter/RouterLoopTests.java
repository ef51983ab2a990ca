package io.telemetryrouter;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Emit loops across several routers end like those within one: the cause is propagated
 * with the thread and with the event across routers.
 */
class RouterLoopTests {

	private static final int MAX_DEPTH = 32;

	private static final int MAX_NESTED = 1000;

	/** Where a test ends a loop that the routers do not. */
	private static final int ENDLESS = 10_000;

	private final CapturedLog log = new CapturedLog();

	private final AtomicInteger calls = new AtomicInteger();

	private final List<TelemetryRouter> routers = new ArrayList<>();

	@AfterEach
	void close() {
		this.routers.forEach(TelemetryRouter::close);
		this.log.close();
	}

	@ParameterizedTest
	@CsvSource({ "SYNC, SYNC", "SYNC, ASYNC", "ASYNC, SYNC", "ASYNC, ASYNC" })
	void whenTwoRoutersEmitOnEachOtherThenTheLoopEndsAtTheDepth(HandlerMode first, HandlerMode second) {
		TelemetryRouter a = router();
		TelemetryRouter b = router();
		forward(a, "a", first, b, "b");
		forward(b, "b", second, a, "a");
		a.emit("a", null);
		HandlerAccount total = quiet();
		assertThat(this.calls).hasValue(MAX_DEPTH);
		assertThat(Books.dropped(total, DropReason.RECURSION)).isOne();
		assertThat(total.failed()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void whenManyRoutersEmitInARingThenTheLoopEndsAtTheDepth(HandlerMode mode) {
		int count = 100;
		for (int i = 0; i < count; i++) {
			router();
		}
		for (int i = 0; i < count; i++) {
			forward(this.routers.get(i), "x", mode, this.routers.get((i + 1) % count), "x");
		}
		this.routers.get(0).emit("x", null);
		HandlerAccount total = quiet();
		assertThat(this.calls).hasValue(MAX_DEPTH);
		assertThat(Books.dropped(total, DropReason.RECURSION)).isOne();
		assertThat(total.failed()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void whenLoopUsesEmitAsyncThenItEndsToo(HandlerMode mode) {
		TelemetryRouter a = router();
		router();
		for (int i = 0; i < 2; i++) {
			TelemetryRouter from = this.routers.get(i);
			TelemetryRouter to = this.routers.get(1 - i);
			from.subscribe(HandlerSpec.on("x").mode(mode).handler((event, payload) -> {
				if (this.calls.incrementAndGet() < ENDLESS) {
					to.emitAsync("x", null);
				}
			}).build());
		}
		a.emitAsync("x", null);
		quiet();
		assertThat(this.calls).hasValue(MAX_DEPTH);
	}

	@ParameterizedTest
	@EnumSource
	void whenHandlersOfTwoRoutersBranchThenTheBudgetIsOfAllTogether(HandlerMode mode) {
		TelemetryRouter a = router();
		TelemetryRouter b = router();
		for (int i = 0; i < 2; i++) {
			forward(a, "x", mode, b, "x");
			forward(b, "x", mode, a, "x");
		}
		a.emit("x", null);
		HandlerAccount total = quiet();
		assertThat(this.calls).hasValueLessThanOrEqualTo(2 * (1 + MAX_NESTED));
		assertThat(Books.dropped(total, DropReason.RECURSION)).isPositive();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenLimitsDifferThenTheLowerOneEndsTheLoop(boolean lowerFirst) {
		TelemetryRouter a = router(TelemetryRouter.builder().maxDepth(lowerFirst ? 5 : 100));
		TelemetryRouter b = router(TelemetryRouter.builder().maxDepth(lowerFirst ? 100 : 5));
		forward(a, "x", HandlerMode.ASYNC, b, "x");
		forward(b, "x", HandlerMode.ASYNC, a, "x");
		a.emit("x", null);
		quiet();
		assertThat(this.calls).hasValueBetween(5, 6);
	}

	@Test
	void whenLoopIsCutThenItsChainNamesTheEventsOfAllRouters() {
		TelemetryRouter a = router(TelemetryRouter.builder().maxDepth(4));
		TelemetryRouter b = router(TelemetryRouter.builder().maxDepth(4));
		forward(a, "of router a", HandlerMode.ASYNC, b, "of router b");
		forward(b, "of router b", HandlerMode.SYNC, a, "of router a");
		a.emit("of router a", null);
		quiet();
		Books.eventually(() -> !this.log.lines("Handlers emit in a loop").isEmpty());
		assertThat(this.log.lines("Handlers emit in a loop")).singleElement()
			.asString()
			.contains("of router a -> of router b -> of router a -> of router b -> of router a. ",
					"are dropped (recursion): stop one of the handlers from emitting",
					"raise 'telemetry-router.max-depth'");
	}

	@ParameterizedTest
	@EnumSource
	void whenOneRouterOnlyForwardsThenEventsOfManyOutermostEmitsAreNotCut(HandlerMode mode) {
		TelemetryRouter a = router();
		TelemetryRouter b = router();
		forward(a, "x", mode, b, "x");
		int count = 2 * MAX_NESTED;
		for (int i = 0; i < count; i++) {
			a.emit("x", null);
			if (i % 500 == 0) {
				Books.balanced(a);
			}
		}
		quiet();
		b.subscribe("x", (event, payload) -> this.calls.incrementAndGet());
		assertThat(this.calls).hasValue(count);
		assertThat(Books.total(b.snapshot()).droppedTotal()).isZero();
		assertThat(b.eventSnapshot("x").emitted()).isEqualTo(count);
	}

	@ParameterizedTest
	@EnumSource
	void whenErrorListenerEmitsThenItsLoopEndsToo(HandlerMode mode) {
		List<TelemetryRouter> self = new ArrayList<>();
		TelemetryRouter router = router(TelemetryRouter.builder()
			.quarantine(QuarantineSettings.disabled())
			.errorListener((failure) -> self.get(0).emit("failed", null)));
		self.add(router);
		router.subscribe(HandlerSpec.on("failed").mode(mode).handler((event, payload) -> {
			if (this.calls.incrementAndGet() < ENDLESS) {
				throw new IllegalStateException("on purpose");
			}
		}).build());
		router.emit("failed", null);
		quiet();
		assertThat(this.calls).hasValueLessThanOrEqualTo(MAX_DEPTH);
	}

	@Test
	void whenErrorListenersOfTwoRoutersEmitOnEachOtherThenTheLoopEnds() {
		TelemetryRouter[] both = new TelemetryRouter[2];
		for (int i = 0; i < 2; i++) {
			int other = 1 - i;
			both[i] = router(TelemetryRouter.builder()
				.quarantine(QuarantineSettings.disabled())
				.errorListener((failure) -> both[other].emit("failed", null)));
			both[i].subscribe(HandlerSpec.on("failed").async().handler((event, payload) -> {
				if (this.calls.incrementAndGet() < ENDLESS) {
					throw new IllegalStateException("on purpose");
				}
			}).build());
		}
		both[0].emit("failed", null);
		quiet();
		assertThat(this.calls).hasValueLessThanOrEqualTo(MAX_DEPTH);
	}

	@Test
	void whenConditionsOfTwoRoutersEmitOnEachOtherThenTheLoopEnds() {
		TelemetryRouter a = router();
		router();
		for (int i = 0; i < 2; i++) {
			TelemetryRouter from = this.routers.get(i);
			TelemetryRouter to = this.routers.get(1 - i);
			from.subscribe(HandlerSpec.on("x").async().condition((event) -> {
				if (this.calls.incrementAndGet() < ENDLESS) {
					to.emit("x", null);
				}
				return false;
			}).handler((event, payload) -> {
			}).build());
		}
		a.emit("x", null);
		HandlerAccount total = quiet();
		assertThat(this.calls).hasValueLessThanOrEqualTo(MAX_DEPTH);
		assertThat(total.failed()).isZero();
	}

	@Test
	void whenEventsAreHeldThenTheLoopEndsAfterTheStart() {
		TelemetryRouter a = router(TelemetryRouter.builder().holdEvents(10));
		TelemetryRouter b = router();
		forward(a, "x", HandlerMode.ASYNC, b, "x");
		forward(b, "x", HandlerMode.ASYNC, a, "x");
		b.emit("x", null);
		Books.eventually(() -> a.snapshot().held() == 1);
		a.start();
		quiet();
		assertThat(this.calls).hasValue(MAX_DEPTH);
	}

	private TelemetryRouter router() {
		return router(TelemetryRouter.builder());
	}

	private TelemetryRouter router(TelemetryRouterBuilder builder) {
		TelemetryRouter router = builder.build();
		this.routers.add(router);
		return router;
	}

	private void forward(TelemetryRouter from, String event, HandlerMode mode, TelemetryRouter to, String next) {
		from.subscribe(HandlerSpec.on(event).mode(mode).handler((name, payload) -> {
			if (this.calls.incrementAndGet() < ENDLESS) {
				to.emit(next, null);
			}
		}).build());
	}

	/**
	 * Waits until no router has pending events. Counts only grow: if all routers are idle
	 * and the sum of their counts is unchanged, no event has passed from one router to
	 * another meanwhile.
	 * @return the sum of all accounts
	 */
	private HandlerAccount quiet() {
		HandlerAccount[] last = { total() };
		Books.eventually(() -> {
			HandlerAccount before = last[0];
			last[0] = total();
			return last[0].isBalanced() && last[0].queued() == 0 && last[0].running() == 0 && last[0].equals(before);
		});
		return last[0];
	}

	private HandlerAccount total() {
		HandlerAccount total = HandlerAccount.EMPTY;
		for (TelemetryRouter router : this.routers) {
			total = total.plus(Books.total(router.snapshot()));
		}
		return total;
	}

}
