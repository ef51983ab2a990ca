package io.telemetryrouter.internal.registry;

/**
 * Where a handler is between its registration and its end.
 */
enum HandlerState {

	/** Takes events. */
	ACTIVE,

	/** Takes no new events; some may be queued or running. */
	LEAVING,

	/** All its events are counted, and its account is part of the retired handlers'. */
	GONE

}
