package io.telemetryrouter.internal.dispatch;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;

import io.telemetryrouter.EventPattern;
import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.event.EnvelopeSource;
import io.telemetryrouter.internal.event.Runs;
import io.telemetryrouter.internal.health.Watchdog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * An accepted event whose future cannot be completed, for example without stack.
 */
class NextEventsTests extends RoutesFixture {

	private final EnvelopeSource envelopes = new EnvelopeSource(InstantSource.system(), this.ticker, new Runs());

	/** The thread that completes futures: without stack, while it is {@code null}. */
	private final AtomicReference<Executor> completions = new AtomicReference<>();

	private final NextEvents nextEvents = new NextEvents(this.routes, this::complete,
			new Watchdog(TimeUnit.DAYS.toNanos(1), this.reporter), this.reporter, -1);

	private boolean closes;

	private void complete(Runnable completion) {
		Executor executor = this.completions.get();
		if (executor == null) {
			if (this.closes) {
				this.nextEvents.close();
			}
			throw new StackOverflowError("on purpose");
		}
		executor.execute(completion);
	}

	@Test
	void whenAFutureCannotBeCompletedThenTheWatchdogEndsIt() {
		CompletableFuture<TelemetryEvent<?>> future = await(Duration.ofNanos(1));
		offer();
		assertThat(future).isNotDone();
		this.completions.set(Runnable::run);
		this.nextEvents.check();
		assertThat(future).isCompletedExceptionally();
		assertThatThrownBy(future::join).hasRootCauseMessage("No matching event 'a' within 0 ms");
	}

	@Test
	void whenTheRouterClosesMeanwhileThenTheFutureIsCancelled() {
		CompletableFuture<TelemetryEvent<?>> future = await(Duration.ofDays(1));
		this.closes = true;
		offer();
		assertThat(future).isCancelled();
	}

	private CompletableFuture<TelemetryEvent<?>> await(Duration timeout) {
		return this.nextEvents.await(EventPattern.parse("a"), (event) -> true, timeout);
	}

	private void offer() {
		Route route = this.routes.route("a", null);
		Envelope<?> event = this.envelopes.envelope("a", 1, 0, null, null, null, null);
		DispatchStacks.inside("a", (frame) -> {
			this.nextEvents.offer(route, event, frame);
			return true;
		});
	}

}
