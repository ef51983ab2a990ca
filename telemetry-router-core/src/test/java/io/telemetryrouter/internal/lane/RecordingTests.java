package io.telemetryrouter.internal.lane;

import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;

import io.telemetryrouter.internal.event.DispatchFrame;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.event.EnvelopeSource;
import io.telemetryrouter.internal.event.Runs;
import io.telemetryrouter.internal.support.Ticker;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The wait for events between their record and the lanes. The test acts as the emitters.
 */
class RecordingTests {

	private final Ticker ticker = new Ticker(null);

	private final Recording recording = new Recording(
			new EnvelopeSource(InstantSource.system(), this.ticker, new Runs()), this.ticker);

	@Test
	void whenAnEmitterRecordsOneEventAfterTheOtherThenTheWaitForTheFirstEnds() {
		AtomicBoolean waited = new AtomicBoolean();
		CountDownLatch begun = new CountDownLatch(1);
		CompletableFuture<Void> emitter = CompletableFuture.runAsync(() -> {
			DispatchStack stack = DispatchStacks.acquire();
			while (!waited.get()) {
				DispatchFrame frame = stack.enter("event", null);
				// Not cleared: the emitter is always seen recording.
				frame.recording = this.recording;
				begun.countDown();
				stack.exit(frame);
			}
			stack.enter("event", null).recording = null;
			stack.depth--;
			stack.giveBack();
		}, (task) -> new Thread(task).start());
		LaneWorkerTests.pass(begun);
		boolean queued = this.recording.awaitLanes();
		waited.set(true);
		emitter.join();
		assertThat(queued).isTrue();
	}

	@Test
	void whenAnEmitterIsStillRecordingThenTheWaitEndsInVain() {
		DispatchStack stack = DispatchStacks.acquire();
		DispatchFrame frame = stack.enter("event", null);
		frame.recording = this.recording;
		assertThat(this.recording.awaitLanes()).isFalse();
		frame.recording = null;
		assertThat(this.recording.awaitLanes()).isTrue();
		stack.exit(frame);
		stack.giveBack();
	}

}
