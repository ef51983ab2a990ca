package io.telemetryrouter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * A handler that buffers events passes them on in a flush.
 */
class FlushActionTests {

	private final CapturedLog log = new CapturedLog();

	private final TelemetryRouter router = TelemetryRouter.builder().build();

	private Subscription subscription;

	private final CountDownLatch gate = new CountDownLatch(1);

	private final List<String> kept = Collections.synchronizedList(new ArrayList<>());

	private final List<String> passedOn = Collections.synchronizedList(new ArrayList<>());

	@AfterEach
	void close() {
		this.gate.countDown();
		this.router.close();
		this.log.close();
	}

	private void subscribe(BooleanSupplier action) {
		this.subscription = this.router.subscribe(HandlerSpec.on("*")
			.id("batch")
			.async()
			.onFlush(action)
			.handler((name, payload) -> this.kept.add(name))
			.build());
	}

	private boolean passOn() {
		this.passedOn.addAll(this.kept);
		return true;
	}

	@Test
	void whenRouterIsFlushedThenWhatIsKeptIsPassedOnBeforeItReturns() {
		subscribe(this::passOn);
		this.router.emit("a", 1);
		assertThat(this.router.flush(Books.LIMIT).complete()).isTrue();
		assertThat(this.passedOn).containsExactly("a");
	}

	@Test
	void whenRunIsFlushedThenWhatIsKeptIsPassedOnEvenIfTheRunIsOver() {
		subscribe(this::passOn);
		this.router.forRun("r1").emit("a", 1);
		this.router.flush(Books.LIMIT);
		this.passedOn.clear();
		assertThat(this.router.flushRun("unknown", Books.LIMIT).complete()).isTrue();
		assertThat(this.passedOn).containsExactly("a");
	}

	@Test
	void whenActionFailsOrThrowsOrHangsThenTheFlushIsNotComplete() {
		subscribe(() -> false);
		assertThat(this.router.flush(Books.LIMIT)).isEqualTo(new FlushResult(false, Map.of("batch", 1L)));
		replace(() -> {
			throw new IllegalStateException("on purpose");
		});
		assertThat(this.router.flush(Books.LIMIT)).isEqualTo(new FlushResult(false, Map.of("batch", 1L)));
		Books.eventually(() -> !this.log.lines("Flush action").isEmpty());
		replace(() -> {
			Books.pass(this.gate);
			return true;
		});
		assertThat(this.router.flush(Duration.ofMillis(1)).complete()).isFalse();
	}

	@Test
	void whenHandlerIsSynchronousThenAnActionIsRefused() {
		assertThatIllegalStateException()
			.isThrownBy(() -> HandlerSpec.on("a").onFlush(() -> true).handler((name, payload) -> {
			}).build())
			.withMessageContaining("'onFlush' would have no effect");
	}

	private void replace(BooleanSupplier action) {
		this.subscription.close();
		subscribe(action);
	}

	@Test
	void whenActionHangsThenLaterFlushesOccupyNoFurtherThreads() {
		AtomicInteger inside = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		AtomicInteger actions = new AtomicInteger();
		subscribe(() -> {
			most.accumulateAndGet(inside.incrementAndGet(), Math::max);
			actions.incrementAndGet();
			Books.pass(this.gate);
			inside.decrementAndGet();
			return true;
		});
		for (int i = 0; i < 6; i++) {
			assertThat(this.router.flush(Duration.ofMillis(1)).complete()).isFalse();
		}
		Books.eventually(() -> actions.get() >= 1);
		this.gate.countDown();
		assertThat(this.router.flush(Books.LIMIT).complete()).isTrue();
		Books.eventually(() -> actions.get() == 7);
		assertThat(most).hasValue(1);
	}

	@Test
	void whenActionFlushesTheRouterThenThatFlushReturnsWithoutAnotherAction() {
		AtomicInteger actions = new AtomicInteger();
		subscribe(() -> (actions.incrementAndGet() == 50) || this.router.flush(Books.LIMIT).complete());
		assertThat(this.router.flush(Books.LIMIT).complete()).isTrue();
		assertThat(actions).hasValue(1);
	}

	@Test
	void whenActionClosesTheRouterThenItsEventsAreHandledAndTheFlushReturns() {
		subscribe(() -> {
			this.router.close();
			return passOn();
		});
		this.router.emit("a", 1);
		assertThat(this.router.flush(Books.LIMIT).complete()).isTrue();
		assertThat(this.passedOn).contains("a");
	}

}
