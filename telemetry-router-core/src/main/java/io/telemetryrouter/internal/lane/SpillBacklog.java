package io.telemetryrouter.internal.lane;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EventRecorder;
import io.telemetryrouter.RecordedEvent;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.health.Reporter;
import io.telemetryrouter.internal.support.Names;

/**
 * The events that were recorded for a durable handler before it subscribed. The worker
 * takes them in order, before any other event.
 */
final class SpillBacklog {

	private final EventRecorder.Backlog events;

	private final LaneTarget target;

	private final Reporter reporter;

	private long inHand;

	/** The recorded number up to which the backlog is handled. Written by the worker. */
	volatile long handled;

	/** Whether reading failed, so that the rest is left out. Written by the worker. */
	boolean failed;

	SpillBacklog(EventRecorder.Backlog events, LaneTarget target, Reporter reporter) {
		this.events = events;
		this.target = target;
		this.reporter = reporter;
	}

	/** Returns the next admitted event; {@code null} at the end or if reading fails. */
	@Nullable Envelope<?> next() {
		try {
			this.handled = this.inHand;
			for (RecordedEvent event = this.events.next(); event != null; event = this.events.next()) {
				Envelope<?> admitted = this.target.admit(event);
				this.inHand = event.sequence();
				if (admitted != null) {
					return admitted;
				}
				this.handled = this.inHand;
			}
		}
		catch (Throwable ex) {
			this.failed = true;
			this.reporter.callbackFailed("Reading the backlog of handler '" + Names.printable(this.target.handlerId())
					+ "' (the rest is read at the next start)", ex);
		}
		return null;
	}

	void close() {
		SpillReader.close(this.events);
	}

}
