package io.telemetryrouter.internal.lane;

import java.lang.reflect.Field;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.telemetryrouter.EventRecorder;
import io.telemetryrouter.RecordedEvent;
import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.event.EnvelopeSource;
import io.telemetryrouter.internal.event.Runs;
import io.telemetryrouter.internal.health.LogWriter;
import io.telemetryrouter.internal.health.Reporter;
import io.telemetryrouter.internal.metrics.SampleBuffers;
import io.telemetryrouter.internal.support.Ticker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The order of a queue that spills, among producers that are preempted. The test acts as
 * a producer that has claimed a position and not published its event yet.
 */
class SpillQueueTests {

	private final Ticker ticker = new Ticker(null);

	private final EnvelopeSource envelopes = new EnvelopeSource(InstantSource.system(), this.ticker, new Runs());

	private final Recording recording = new Recording(this.envelopes, this.ticker);

	/** The sequence numbers of the spilled events that were taken. None is recorded. */
	private final List<Long> spilled = new ArrayList<>();

	@Test
	void whenAProducerIsPreemptedThenEventsQueuedBehindItsOwnComeBeforeSpilledOnes() throws Exception {
		this.recording.set(new Nothing(), false);
		SpillQueue queue = queue(3);
		Envelope<?> preempted = event();
		Envelope<?> queued = event();
		Envelope<?> later = event();
		EventQueue.Position tail = (EventQueue.Position) field(EventQueue.class, "tail").get(queue);
		tail.position++;
		assertThat(queue.offer(queued)).isTrue();
		assertThat(queue.offer(later)).isTrue();
		assertThat(queue.offer(event())).isTrue();
		assertThat(queue.isBehind()).isTrue();
		EventQueue.Position worker = new EventQueue.Position();
		assertThat(queue.poll(worker)).isNull();
		assertThat(this.spilled).isEmpty();
		assertThat(queue.isEmpty()).isFalse();
		Object segment = field(tail.getClass(), "segment").get(tail);
		((Object[]) field(segment.getClass(), "slots").get(segment))[0] = preempted;
		assertThat(queue.poll(worker)).isSameAs(preempted);
		assertThat(queue.poll(worker)).isSameAs(queued);
		assertThat(queue.poll(worker)).isSameAs(later);
		assertThat(this.spilled).isEmpty();
		assertThat(queue.poll(worker)).isNull();
		assertThat(this.spilled).containsExactly(4L);
		assertThat(queue.isBehind()).isFalse();
	}

	@Test
	void whenAnEventIsPublishedAfterTheWorkerHasLookedThenItComesBeforeSpilledOnes() throws Exception {
		this.recording.set(new Nothing(), false);
		SpillQueue queue = queue(1);
		Envelope<?> preempted = event();
		EventQueue.Position tail = (EventQueue.Position) field(EventQueue.class, "tail").get(queue);
		tail.position++;
		assertThat(queue.offer(event())).isTrue();
		assertThat(queue.isBehind()).isTrue();
		CompletableFuture<@Nullable Envelope<?>> polled = new CompletableFuture<>();
		Thread worker = new Thread(() -> polled.complete(queue.poll(new EventQueue.Position())));
		synchronized (queue) {
			worker.start();
			// It has found no event, and looks again under the lock.
			await().atMost(30, TimeUnit.SECONDS).until(() -> worker.getState() == Thread.State.BLOCKED);
			Object segment = field(tail.getClass(), "segment").get(tail);
			((Object[]) field(segment.getClass(), "slots").get(segment))[0] = preempted;
		}
		assertThat(polled.get(30, TimeUnit.SECONDS)).isSameAs(preempted);
		assertThat(this.spilled).isEmpty();
	}

	@Test
	void whenTheQueueIsFrozenAfterTheWorkerHasLookedThenItTakesNoSpilledEvent() throws Exception {
		this.recording.set(new Nothing(), true);
		SpillQueue queue = queue(1);
		assertThat(queue.offer(event())).isTrue();
		assertThat(queue.offer(event())).isTrue();
		assertThat(queue.poll(new EventQueue.Position())).isNotNull();
		CompletableFuture<@Nullable Envelope<?>> polled = new CompletableFuture<>();
		Thread worker = new Thread(() -> polled.complete(queue.poll(new EventQueue.Position())));
		synchronized (queue) {
			worker.start();
			await().atMost(30, TimeUnit.SECONDS).until(() -> worker.getState() == Thread.State.BLOCKED);
			queue.freeze(true);
		}
		assertThat(polled.get(30, TimeUnit.SECONDS)).isNull();
		assertThat(this.spilled).isEmpty();
		assertThat(queue.isEmpty()).isFalse();
	}

	private static Field field(Class<?> type, String name) throws ReflectiveOperationException {
		Field field = type.getDeclaredField(name);
		field.setAccessible(true);
		return field;
	}

	private Envelope<?> event() {
		Envelope<?> event = this.envelopes.envelope("event", "payload", 0, null, null, null, null);
		Envelope.recorded(event, event.sequence());
		return event;
	}

	private SpillQueue queue(int capacity) {
		Reporter reporter = new Reporter(new LogWriter(System.getLogger("silence"), null), this.ticker);
		LaneServices services = new LaneServices(new LaneExecutor(null), new ContextPropagation(null, reporter),
				new SampleBuffers(DispatchStacks.SLOTS), reporter, InstantSource.system(), this.ticker, false,
				() -> true, 0, 1, (event) -> false, this.recording);
		return new SpillQueue(capacity, false, new LaneWorkerTests.Target(), services,
				(event, failure) -> this.spilled.add(event.sequence()));
	}

	/** A recorder that has no event. */
	private static final class Nothing implements EventRecorder {

		@Override
		public long record(TelemetryEvent<?> event) {
			return 0;
		}

		@Override
		public Reader reader() {
			return new Reader() {

				@Override
				public @Nullable RecordedEvent read(long number) {
					return null;
				}

				@Override
				public void close() {
				}

			};
		}

		@Override
		public Cursor cursor(String handlerId) {
			throw new UnsupportedOperationException();
		}

	}

}
