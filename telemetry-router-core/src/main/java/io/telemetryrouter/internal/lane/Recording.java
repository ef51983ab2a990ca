package io.telemetryrouter.internal.lane;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EventRecorder;
import io.telemetryrouter.RecordedEvent;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.event.EnvelopeSource;
import io.telemetryrouter.internal.event.SpilledEvent;
import io.telemetryrouter.internal.support.Ticker;

/**
 * The recorder of a router, while there is one, for lanes that leave events to it.
 */
public final class Recording {

	private final EnvelopeSource envelopes;

	private final Ticker ticker;

	/** Emits that durable handlers get, from their record to the lanes. */
	public final Passage passage = new Passage();

	private volatile @Nullable Source source;

	public Recording(EnvelopeSource envelopes, Ticker ticker) {
		this.envelopes = envelopes;
		this.ticker = ticker;
	}

	public boolean isPresent() {
		return this.source != null;
	}

	/** Sets the recorder, with its lane if it is asynchronous, or that there is none. */
	public void set(@Nullable EventRecorder recorder, @Nullable Lane lane) {
		this.source = (recorder != null) ? new Source(recorder, lane) : null;
	}

	/**
	 * Returns whether the recorder has an event, or has it in its queue: it is offered
	 * each event first.
	 */
	boolean has(Envelope<?> event) {
		Source source = this.source;
		return source != null && !event.replayed() && event.recorded() >= 0
				&& (source.lane != null || event.recorded() != 0);
	}

	/** Returns how many events the recorder may be about to record. */
	int ahead() {
		Source source = this.source;
		return (source != null && source.lane != null) ? source.lane.capacity() + source.lane.concurrency() : 0;
	}

	EventRecorder.@Nullable Reader reader() throws Exception {
		Source source = this.source;
		return (source != null) ? source.recorder.reader() : null;
	}

	Envelope<?> envelope(RecordedEvent event, @Nullable Object payload, SpilledEvent spilled) {
		return this.envelopes.envelope(event, payload, this.ticker.now(), spilled);
	}

	public EventRecorder.@Nullable Cursor cursor(String handlerId) {
		Source source = this.source;
		return (source != null) ? source.recorder.cursor(handlerId) : null;
	}

	/** Makes the envelope of an event that an earlier process has recorded. */
	public Envelope<?> envelope(RecordedEvent event, @Nullable Object payload) {
		return this.envelopes.unspilled(event, payload, this.ticker.now());
	}

	private record Source(EventRecorder recorder, @Nullable Lane lane) {
	}

}
