package io.telemetryrouter.internal.lane;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EventRecorder;
import io.telemetryrouter.RecordedEvent;
import io.telemetryrouter.internal.event.DispatchFrame;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.event.EnvelopeSource;
import io.telemetryrouter.internal.event.SpilledEvent;
import io.telemetryrouter.internal.support.Ticker;

/**
 * The recorder of a router, if it has one, for lanes that spill events to it and for
 * durable handlers.
 */
public final class Recording {

	private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(1);

	private static final int MAX_PAUSES = 50;

	private final EnvelopeSource envelopes;

	private final Ticker ticker;

	private volatile @Nullable Source source;

	public Recording(EnvelopeSource envelopes, Ticker ticker) {
		this.envelopes = envelopes;
		this.ticker = ticker;
	}

	public boolean isPresent() {
		return this.source != null;
	}

	/** Sets the recorder, or removes it. */
	public void set(@Nullable EventRecorder recorder, boolean async) {
		this.source = (recorder != null) ? new Source(recorder, async) : null;
	}

	/**
	 * Returns whether the recorder has recorded an event or has it queued. The recorder
	 * is offered each event before all other handlers.
	 */
	boolean has(Envelope<?> event) {
		Source source = this.source;
		return source != null && !event.replayed() && event.recorded() >= 0 && (source.async || event.recorded() != 0);
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
	 * Waits briefly until all events that were recorded before are in the lanes of
	 * durable handlers. An emit marks its frame before it records such an event, and
	 * clears the mark when the event is in all lanes. A thread that reads the number of a
	 * recorded event also sees the mark of that emit and its number of entries, or later
	 * ones.
	 * @return whether they are
	 */
	public boolean awaitLanes() {
		boolean[] queued = { true };
		DispatchStacks.forEach((stack) -> {
			for (DispatchFrame frame : stack.frames()) {
				queued[0] = queued[0] && awaitLanes(frame);
			}
		});
		return queued[0];
	}

	private boolean awaitLanes(DispatchFrame frame) {
		// A later emit of the thread has another number of entries.
		int entries = frame.entries();
		for (int i = 0; frame.recording == this && frame.entries() == entries; i++) {
			if (i == MAX_PAUSES || Thread.currentThread().isInterrupted()) {
				return false;
			}
			LockSupport.parkNanos(this, PAUSE);
		}
		return true;
	}

	private record Source(EventRecorder recorder, boolean async) {
	}

}
