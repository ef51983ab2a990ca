package io.telemetryrouter.internal.lane;

import java.io.Closeable;
import java.io.IOException;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EventRecorder;
import io.telemetryrouter.RecordedEvent;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.event.SpilledEvent;

/**
 * Reads spilled events back from the recording, which is opened at the first read. Used
 * by one thread at a time.
 */
final class SpillReader {

	private final Recording recording;

	private final LaneTarget target;

	private EventRecorder.@Nullable Reader reader;

	SpillReader(Recording recording, LaneTarget target) {
		this.recording = recording;
		this.target = target;
	}

	/** Returns the event, or {@code null} if the recording does not have it. */
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
		Object payload = (type != null) ? this.target.payload(event, type) : null;
		return this.recording.envelope(event, payload, spilled);
	}

	void close() {
		EventRecorder.Reader opened = this.reader;
		this.reader = null;
		if (opened != null) {
			close(opened);
		}
	}

	static void close(Closeable recording) {
		try {
			recording.close();
		}
		catch (IOException | RuntimeException ex) {
			// The recording was only read: a failed close loses no data.
		}
	}

}
