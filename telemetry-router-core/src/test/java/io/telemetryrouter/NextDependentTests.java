package io.telemetryrouter;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Dependent actions of a {@code next} future run outside of any emit.
 */
class NextDependentTests {

	private static final Duration LONG = Duration.ofSeconds(60);

	private static final int TURNS = 150;

	private final CapturedLog log = new CapturedLog();

	private final CountDownLatch hang = new CountDownLatch(1);

	private TelemetryRouter router = TelemetryRouter.builder().slowThreshold(LONG).build();

	@AfterEach
	void close() {
		this.hang.countDown();
		this.router.close();
		this.log.close();
	}

	private EmitOutcome outcome(String event) throws Exception {
		return this.router.emitAsync(event, 1).get(30, TimeUnit.SECONDS);
	}

	// What it causes

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenEachCompletionEmitsAndAwaitsAgainThenTheChainGoesOn(boolean emitAsync) {
		Chain chain = new Chain("x", () -> {
			if (emitAsync) {
				this.router.emitAsync("x", 1);
			}
			else {
				this.router.emit("x", 1);
			}
		});
		chain.turn();
		Books.pass(chain.done);
		assertThat(chain.turns).hasValue(TURNS);
		assertThat(this.log.lines("emit in a loop: x")).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void whenCompletionAsksAndAHandlerAnswersThenTheChainGoesOn(HandlerMode mode) {
		this.router.subscribe(HandlerSpec.on("ask")
			.id("answering")
			.mode(mode)
			.handler((event, payload) -> this.router.emit("answer", payload))
			.build());
		AtomicInteger heard = new AtomicInteger();
		this.router.subscribe(
				HandlerSpec.on("answer").id("hearing").handler((event, payload) -> heard.incrementAndGet()).build());
		Chain chain = new Chain("answer", () -> this.router.emit("ask", 1));
		chain.turn();
		Books.pass(chain.done);
		Books.balanced(this.router);
		assertThat(chain.turns).hasValue(TURNS);
		assertThat(heard).hasValue(TURNS);
		assertThat(Books.of(this.router, "answering").droppedTotal()).isZero();
		assertThat(Books.of(this.router, "hearing").droppedTotal()).isZero();
	}

	@Test
	void whenCompletionsBranchThenTheirEmitsAreNotOneBudget() {
		use(TelemetryRouter.builder().maxNestedEmits(10).slowThreshold(LONG));
		Chain chain = new Chain("x", () -> this.router.emit("x", 1));
		chain.turn();
		Books.pass(chain.done);
		assertThat(chain.turns).hasValue(TURNS);
	}

	@Test
	void whenEachOutcomeEmitsAgainThenTheChainGoesOn() {
		this.router.subscribe(HandlerSpec.on("x").id("lane").async().handler((event, payload) -> {
		}).build());
		AtomicInteger turns = new AtomicInteger();
		CountDownLatch done = new CountDownLatch(1);
		emitInTurn(turns, done);
		Books.pass(done);
		Books.balanced(this.router);
		assertThat(Books.of(this.router, "lane").handled()).isEqualTo(TURNS);
	}

	private void emitInTurn(AtomicInteger turns, CountDownLatch done) {
		this.router.emitAsync("x", 1).thenAccept((outcome) -> {
			if (turns.incrementAndGet() == TURNS || outcome.dropped() != 0) {
				done.countDown();
			}
			else {
				emitInTurn(turns, done);
			}
		});
	}

	@Test
	void whenTimeIsUpThenDependentActionsEmitsAreOutermostToo() {
		use(TelemetryRouter.builder().maxDepth(1));
		AtomicInteger handled = new AtomicInteger();
		this.router.subscribe("y", (event, payload) -> handled.incrementAndGet());
		CompletableFuture<Void> expired = this.router.next("x", (event) -> true, Duration.ofMillis(1))
			.handle((event, ex) -> {
				this.router.emit("y", 1);
				return null;
			});
		assertThat(expired).succeedsWithin(LONG);
		CompletableFuture<Void> completed = this.router.next("x", (event) -> true, LONG)
			.thenAccept((event) -> this.router.emit("y", 2));
		this.router.emit("x", 1);
		assertThat(completed).succeedsWithin(LONG);
		assertThat(handled).hasValue(2);
	}

	@Test
	void whenDependentActionFlushesThenItDoesNotWaitForItself() {
		AtomicInteger handled = new AtomicInteger();
		this.router
			.subscribe(HandlerSpec.on("y").async().handler((event, payload) -> handled.incrementAndGet()).build());
		CompletableFuture<Void> flushed = this.router.next("x", (event) -> true, LONG).thenAccept((event) -> {
			this.router.emit("y", 1);
			this.router.flush(LONG);
		});
		this.router.emit("x", 1);
		assertThat(flushed).succeedsWithin(LONG);
		Books.balanced(this.router);
		assertThat(handled).hasValue(1);
	}

	@Test
	void whenRouterClosesThenDependentActionsSeeACancellation() {
		CompletableFuture<Throwable> seen = this.router.next("x", (event) -> true, LONG).handle((event, ex) -> ex);
		this.router.close();
		assertThat(seen).succeedsWithin(LONG);
		assertThat(Books.result(seen)).isInstanceOf(CancellationException.class);
	}

	private void use(TelemetryRouterBuilder builder) {
		this.router.close();
		this.router = builder.build();
	}

	/**
	 * Awaits an event, emits, and does it again in the dependent action. Ends if an event
	 * does not arrive.
	 */
	private final class Chain {

		private final String awaited;

		private final Runnable emit;

		private final AtomicInteger turns = new AtomicInteger();

		private final CountDownLatch done = new CountDownLatch(1);

		Chain(String awaited, Runnable emit) {
			this.awaited = awaited;
			this.emit = emit;
		}

		void turn() {
			NextDependentTests.this.router.next(this.awaited, (event) -> true, Duration.ofSeconds(10))
				.whenComplete((event, ex) -> {
					if (ex != null || this.turns.incrementAndGet() == TURNS) {
						this.done.countDown();
					}
					else {
						turn();
					}
				});
			this.emit.run();
		}

	}

}
