package io.telemetryrouter.internal.lane;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.event.Envelope;

/**
 * The event that a worker has in hand, and its position. Apart from the worker's state:
 * the running thread writes this for each event, and emitters read the state for each.
 */
final class InHand extends EventQueue.Position {

	/** The event that was taken and is not counted yet. */
	@Nullable Envelope<?> event;

}
