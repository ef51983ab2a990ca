package io.telemetryrouter.internal.lane;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;

import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.event.EnvelopeSource;
import io.telemetryrouter.internal.event.Runs;
import io.telemetryrouter.internal.health.LogWriter;
import io.telemetryrouter.internal.health.Reporter;
import io.telemetryrouter.internal.metrics.SampleBuffers;
import io.telemetryrouter.internal.support.Ticker;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A flush of a run, while a worker has taken an event before it finds an older one aside.
 * The test acts as the worker.
 */
class LaneBarriersTests {

	private final Ticker ticker = new Ticker(null);

	private final EnvelopeSource envelopes = new EnvelopeSource(InstantSource.system(), this.ticker, new Runs());

	private final LaneQueue queue = new LaneQueue(3, (event) -> !event.payload().equals("replaced"));

	private final LaneWorker worker = worker();

	private final LaneBarriers barriers = new LaneBarriers(this.queue, new LaneWorker[] { this.worker });

	private LaneWorker worker() {
		Reporter reporter = new Reporter(new LogWriter(System.getLogger("silence"), null), this.ticker);
		LaneServices services = new LaneServices(new LaneExecutor(null), new ContextPropagation(null, reporter),
				new SampleBuffers(DispatchStacks.SLOTS), reporter, InstantSource.system(), this.ticker, false,
				() -> true, 0, 0, (event) -> false, new Recording(this.envelopes, this.ticker));
		LaneTarget target = new LaneWorkerTests.Target();
		Lane lane = new Lane(target, 1, OverflowPolicy.DROP_NEWEST, 1, false, false, services);
		return new LaneWorker(lane, target, services);
	}

	private Envelope<?> event(String payload) {
		return this.envelopes.envelope("event", payload, 0, null, null, null, null);
	}

	@Test
	void whenAWorkerSetsAnEventOfTheRunAsideThenTheFlushWaitsForIt() throws Throwable {
		Envelope<?> older = event("older");
		Envelope<?> ofTheRun = event("of the run");
		assertThat(this.queue.offer(older)).isTrue();
		assertThat(this.queue.offer(event("replaced"))).isTrue();
		assertThat(this.queue.offer(ofTheRun)).isTrue();
		MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(LaneQueue.class, MethodHandles.lookup());
		MethodHandle poll = lookup.findSpecial(EventQueue.class, "poll",
				MethodType.methodType(Object.class, EventQueue.Position.class), LaneQueue.class);
		MethodHandle exchange = lookup.findVirtual(LaneQueue.class, "exchange",
				MethodType.methodType(Envelope.class, Envelope.class, EventQueue.Position.class));
		LaneWorker.InHand hand = this.worker.hand;
		// The worker has seen no event aside. Then an emitter sets the older one aside.
		assertThat(this.queue.replace(event("newer"), false, (dropped) -> {
		})).isTrue();
		assertThat(poll.invoke(this.queue, (EventQueue.Position) hand)).isSameAs(ofTheRun);
		CountDownLatch flushed = new CountDownLatch(1);
		this.barriers.add(flushed, (event) -> event == ofTheRun);
		this.barriers.release();
		hand.event = (Envelope<?>) exchange.invoke(this.queue, (Envelope<?>) ofTheRun, (EventQueue.Position) hand);
		assertThat(hand.event).isSameAs(older);
		this.barriers.release();
		assertThat(flushed.getCount()).isOne();
		hand.event = null;
		hand.event = this.queue.poll(hand);
		assertThat(hand.event).isSameAs(ofTheRun);
		this.barriers.release();
		assertThat(flushed.getCount()).isOne();
		hand.event = null;
		hand.event = this.queue.poll(hand);
		assertThat(hand.event).isNotNull();
		this.barriers.release();
		assertThat(flushed.getCount()).isZero();
	}

}
