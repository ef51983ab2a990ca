package io.telemetryrouter.internal.event;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.Test;

import io.telemetryrouter.internal.support.Ticker;

import static org.assertj.core.api.Assertions.assertThat;

class DispatchFrameTests {

	private final List<Throwable> failures = new CopyOnWriteArrayList<>();

	private static Envelope<?> envelope(Object payload, EmitTracker tracker) {
		return new EnvelopeSource(InstantSource.system(), new Ticker(null), new Runs()).envelope("event", payload, 0,
				null, null, tracker, null);
	}

	@Test
	void whenAnEmitEndedEarlyThenTheNextOneCountsWhatIsUndelivered() {
		Undelivered recipients = new Undelivered(4);
		DispatchStack stack = DispatchStacks.acquire();
		endEarly(stack, recipients);
		stack.exit(stack.enter("event", null));
		stack.giveBack();
		DispatchStacks.reconcile();
		assertThat(recipients.counted).containsExactly(1, 2, 3);
	}

	@Test
	void whenAnEmitEndedEarlyThenAReaderCountsWhatIsUndelivered() {
		Undelivered recipients = new Undelivered(3);
		DispatchStack stack = DispatchStacks.acquire();
		endEarly(stack, recipients);
		stack.giveBack();
		DispatchStacks.reconcile();
		DispatchStacks.reconcile();
		assertThat(recipients.counted).containsExactly(1, 2);
	}

	@Test
	void whenCountingOfTheUndeliveredEndsEarlyThenItGoesOnWhereItEnded() {
		Undelivered recipients = new Undelivered(4);
		recipients.failing = 2;
		DispatchStack stack = DispatchStacks.acquire();
		endEarly(stack, recipients);
		stack.giveBack();
		try {
			DispatchStacks.reconcile();
		}
		catch (StackOverflowError ex) {
			assertThat(recipients.counted).containsExactly(1);
		}
		recipients.failing = -1;
		DispatchStacks.reconcile();
		assertThat(recipients.counted).containsExactly(1, 2, 3);
	}

	/** Reaches one recipient. */
	private static void endEarly(DispatchStack stack, Undelivered recipients) {
		DispatchFrame frame = stack.enter("event", null);
		frame.reached++;
		frame.undelivered = recipients;
		stack.exit(frame);
	}

	@Test
	void whenFrameHasAnEnvelopeThenThatIsTheCauseAndALaterEmitHasNothingOfIt() {
		DispatchStack stack = DispatchStacks.acquire();
		EmitTracker tracker = new EmitTracker(Runnable::run);
		Envelope<?> envelope = envelope("payload", tracker);
		DispatchFrame frame = stack.enter("event", null);
		frame.envelope(envelope);
		frame.tracker(tracker);
		assertThat(frame.envelope()).isSameAs(envelope);
		assertThat(frame.tracker()).isSameAs(tracker);
		assertThat(stack.cause()).isSameAs(envelope.cause());
		// As an emit that had no stack left to let go.
		stack.depth--;
		assertThat(stack.enter("later", null)).isSameAs(frame);
		assertThat(frame.envelope()).isNull();
		assertThat(frame.tracker()).isNull();
		assertThat(stack.cause()).isNotSameAs(envelope.cause());
		stack.exit(frame);
		stack.giveBack();
	}

	@Test
	void whenPartsOfAnEmitAreMeasuredThenEachBeginsWhereTheOneBeforeEnded() {
		DispatchStack stack = DispatchStacks.acquire();
		DispatchFrame frame = stack.enter("event", null);
		frame.splitAt = 100;
		assertThat(frame.split(107)).isEqualTo(7);
		assertThat(frame.splitAt).isEqualTo(107);
		assertThat(frame.split(110)).isEqualTo(3);
		stack.exit(frame);
		stack.giveBack();
	}

	@Test
	void whenFrameIsEnteredThenItsEntriesTellItFromTheOneBefore() {
		DispatchStack stack = DispatchStacks.acquire();
		DispatchFrame frame = stack.enter("event", null);
		int entries = frame.entries();
		stack.exit(frame);
		assertThat(stack.enter("event", null)).isSameAs(frame);
		assertThat(frame.entries()).isEqualTo(entries + 1);
		assertThat(frame.event()).isEqualTo("event");
		stack.exit(frame);
		stack.giveBack();
	}

	@Test
	void whenSeveralCallsTakeLongThenTheLongestIsKept() {
		DispatchStack stack = DispatchStacks.acquire();
		DispatchFrame frame = stack.enter("event", null);
		frame.took("handler", "first", 5);
		frame.took("handler", "second", 7);
		frame.took("handler", "third", 6);
		assertThat(frame.slowestHandler).isEqualTo("second");
		assertThat(frame.longest).isEqualTo(7);
		stack.exit(frame);
		stack.giveBack();
	}

	private Thread start(Runnable action) {
		Thread thread = guarded(action);
		thread.start();
		return thread;
	}

	private Thread guarded(Runnable action) {
		Thread thread = new Thread(() -> {
			try {
				action.run();
			}
			catch (Throwable ex) {
				this.failures.add(ex);
			}
		});
		thread.setDaemon(true);
		return thread;
	}

	private static final class Undelivered implements DispatchFrame.Recipients {

		private final int count;

		private final List<Integer> counted = new ArrayList<>();

		private int failing = -1;

		Undelivered(int count) {
			this.count = count;
		}

		@Override
		public int count() {
			return this.count;
		}

		@Override
		public void notReached(int index) {
			if (index == this.failing) {
				throw new StackOverflowError("on purpose");
			}
			this.counted.add(index);
		}

	}

}
