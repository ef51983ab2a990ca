package io.telemetryrouter.internal.registry;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.RecordedEvent;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.lane.LaneTarget;
import io.telemetryrouter.internal.support.Names;

/**
 * Turns recorded events into those of a handler.
 */
record HandlerReadBack(HandlerOptions options, Admission admission,
		HandlerServices services) implements LaneTarget.ReadBack {

	@Override
	public Object payload(RecordedEvent event, Class<?> emitted) throws Exception {
		return this.options.payload(event, emitted);
	}

	@Override
	public @Nullable Envelope<?> admit(RecordedEvent event) {
		return this.admission.admit(event, this.services.lanes().recording());
	}

	@Override
	public void failed(Throwable failure) {
		this.services.reporter()
			.callbackFailed("Reading back for handler '" + Names.printable(this.options.id) + "'", failure);
	}

}
