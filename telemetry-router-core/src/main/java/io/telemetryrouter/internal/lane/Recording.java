package io.telemetryrouter.internal.lane;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EventRecorder;
import io.telemetryrouter.RecordedEvent;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.event.EnvelopeSource;
import io.telemetryrouter.internal.event.SpilledEvent;
import io.telemetryrouter.internal.metrics.StripedCounter;
import io.telemetryrouter.internal.support.Ticker;

/**
 * The recorder of a router, if it has one, for lanes that spill events to it.
 * <p>
 * Detects when all emits that are between the recorder and the lanes have reached the
 * lanes, while other emits begin. Emits of even and odd epochs have separate counters, so
 * that the emits in flight of an ended epoch only decrease (P. McKenney, Sleepable RCU).
 */
public final class Recording {

	private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(1);

	private static final int MAX_PAUSES = 50;

	private final EnvelopeSource envelopes;

	private final Ticker ticker;

	private volatile @Nullable Source source;

	private final StripedCounter[] begun = { new StripedCounter(), new StripedCounter() };

	private final StripedCounter[] ended = { new StripedCounter(), new StripedCounter() };

	/** Writes are guarded by this. */
	private volatile int epoch;

	public Recording(EnvelopeSource envelopes, Ticker ticker) {
		this.envelopes = envelopes;
		this.ticker = ticker;
	}

	public boolean isPresent() {
		return this.source != null;
	}

	/** Sets the recorder, with its lane if it is asynchronous, or removes it. */
	public void set(@Nullable EventRecorder recorder, @Nullable Lane lane) {
		this.source = (recorder != null) ? new Source(recorder, lane) : null;
	}

	/**
	 * Returns whether the recorder has recorded an event or has it queued. The recorder
	 * is offered each event before all other handlers.
	 */
	boolean has(Envelope<?> event) {
		Source source = this.source;
		return source != null && !event.replayed() && event.recorded() >= 0
				&& (source.lane != null || event.recorded() != 0);
	}

	/** Returns the maximum number of events queued or in progress at the recorder. */
	int ahead() {
		Source source = this.source;
		return (source != null && source.lane != null) ? source.lane.capacity() + source.lane.concurrency() : 0;
	}

	EventRecorder.@Nullable Reader reader() throws Exception {
		Source source = this.source;
		return (source != null) ? source.recorder.reader() : null;
	}

	/**
	 * Creates the envelope of a recorded event; {@code spilled} is {@code null} if an
	 * earlier process recorded it.
	 */
	public Envelope<?> envelope(RecordedEvent event, @Nullable Object payload, @Nullable SpilledEvent spilled) {
		return this.envelopes.readBack(event, payload, this.ticker.now(), spilled);
	}

	public EventRecorder.@Nullable Cursor cursor(String handlerId) {
		Source source = this.source;
		return (source != null) ? source.recorder.cursor(handlerId) : null;
	}

	/**
	 * Called before an event for durable handlers is recorded. Returns the epoch to pass
	 * to {@link #end}, which the caller must reach.
	 */
	public int begin(int stripe) {
		int current = this.epoch;
		this.begun[current].add(1, stripe);
		return current;
	}

	/** Called when that event is in all lanes. */
	public void end(int epoch, int stripe) {
		this.ended[epoch].add(1, stripe);
	}

	/**
	 * Waits briefly until all events that were recorded before are in the lanes of
	 * durable handlers.
	 * @return whether they are
	 */
	public synchronized boolean awaitLanes() {
		int current = this.epoch;
		// Emits that read the previous epoch and were counted late.
		if (!awaitEnd(1 - current)) {
			return false;
		}
		this.epoch = 1 - current;
		return awaitEnd(current);
	}

	private boolean awaitEnd(int epoch) {
		// In this order: an emit that begins in between counts as not ended.
		for (int i = 0; this.ended[epoch].sum() != this.begun[epoch].sum(); i++) {
			if (i == MAX_PAUSES || Thread.currentThread().isInterrupted()) {
				return false;
			}
			LockSupport.parkNanos(this, PAUSE);
		}
		return true;
	}

	private record Source(EventRecorder recorder, @Nullable Lane lane) {
	}

}
