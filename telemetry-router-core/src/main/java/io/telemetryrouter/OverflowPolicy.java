package io.telemetryrouter;

/**
 * What happens to an event that finds the queue of an asynchronous handler full. Whatever
 * is dropped is counted {@link DropReason#QUEUE_FULL}.
 *
 * @since 0.1.0
 */
public enum OverflowPolicy {

	/**
	 * Drops the event that found the queue full.
	 */
	DROP_NEWEST,

	/**
	 * Drops the event that has waited longest, and queues the new one.
	 */
	DROP_OLDEST,

	/**
	 * Holds the emitter until there is room, for the block timeout at most, then drops
	 * the newest. The emitter looks for room at least once a millisecond; of several, any
	 * may find it first. On a thread of the router, where it could wait for itself, on an
	 * interrupted thread, and while the handler is paused it drops the newest at once.
	 * Where emitters meet, one may yield its processor once, even if there is room.
	 */
	BLOCK

}
