package io.telemetryrouter.internal.lane;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EventRecorder;
import io.telemetryrouter.RecordedEvent;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.event.SpilledEvent;

/**
 * Reads spilled events back from the recording, which is opened with the first of them.
 * Used by one thread at a time.
 */
final class SpillReader {

	private final Recording recording;

	private final LaneTarget.ReadBack readBack;

	private EventRecorder.@Nullable Reader reader;

	SpillReader(Recording recording, LaneTarget.ReadBack readBack) {
		this.recording = recording;
		this.readBack = readBack;
	}

	/** Returns an event, or {@code null} if the recording does not have it. */
	@Nullable Envelope<?> read(SpilledEvent spilled) throws Exception {
		if (spilled.number() <= 0) {
			return null;
		}
		EventRecorder.Reader opened = (this.reader != null) ? this.reader : this.recording.reader();
		this.reader = opened;
		RecordedEvent event = (opened != null) ? opened.read(spilled.number()) : null;
		if (event == null) {
			return null;
		}
		Class<?> type = spilled.type();
		Object payload = (type != null) ? this.readBack.payload(event, type) : null;
		return this.recording.envelope(event, payload, spilled);
	}

	void close() {
		EventRecorder.Reader opened = this.reader;
		this.reader = null;
		if (opened != null) {
			try {
				opened.close();
			}
			catch (IOException | RuntimeException ex) {
				// Nothing was written.
			}
		}
	}

}
