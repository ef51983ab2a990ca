package io.telemetryrouter.internal.lane;

import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.EmitOutcome;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.event.EmitTracker;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.event.EnvelopeSource;
import io.telemetryrouter.internal.event.Runs;
import io.telemetryrouter.internal.health.LogWriter;
import io.telemetryrouter.internal.health.Reporter;
import io.telemetryrouter.internal.metrics.SampleBuffers;
import io.telemetryrouter.internal.support.Ticker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Offers to a full lane by an emitter whose stack or memory ends on the way.
 */
class LaneOfferTests {

	private final Ticker ticker = new Ticker(null);

	private final EnvelopeSource envelopes = new EnvelopeSource(InstantSource.system(), this.ticker, new Runs());

	private final LaneExecutor executor = new LaneExecutor(null);

	private final AtomicBoolean ends = new AtomicBoolean();

	@AfterEach
	void shutDown() {
		this.executor.shutdown(true);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenAnOfferEndsEarlyThenNoFutureWaitsForItsEvent(boolean beforeTheDrop) {
		LaneTarget target = new LaneWorkerTests.Target() {

			@Override
			public void drop(DropReason reason, @Nullable EmitTracker tracker) {
				end();
			}

		};
		Reporter reporter = new Reporter(new LogWriter(System.getLogger("silence"), null), this.ticker);
		Lane lane = new Lane(target, 1, OverflowPolicy.DROP_NEWEST, 1, false, false,
				new LaneServices(this.executor, new ContextPropagation(null, reporter),
						new SampleBuffers(DispatchStacks.SLOTS), reporter, InstantSource.system(), this.ticker, false,
						() -> true, 0, 0, (event) -> beforeTheDrop && end(),
						new Recording(this.envelopes, this.ticker)));
		lane.pause();
		offer(lane, new EmitTracker(Runnable::run));
		EmitTracker tracker = new EmitTracker(Runnable::run);
		this.ends.set(true);
		assertThatExceptionOfType(StackOverflowError.class).isThrownBy(() -> offer(lane, tracker));
		CompletableFuture<EmitOutcome> future = tracker.future();
		assertThat(future).isNotDone();
		tracker.emitted();
		assertThat(future).isCompletedWithValue(new EmitOutcome(0, 0, 0, 0));
	}

	private void offer(Lane lane, EmitTracker tracker) {
		Envelope<?> event = this.envelopes.envelope("event", "payload", 0, null, null, tracker, null);
		DispatchStack stack = DispatchStacks.acquire();
		try {
			assertThat(lane.offer(event, stack)).isTrue();
		}
		finally {
			stack.giveBack();
		}
	}

	private boolean end() {
		if (this.ends.get()) {
			throw new StackOverflowError("on purpose");
		}
		return false;
	}

}
