package io.telemetryrouter;

/**
 * What happens to an event that finds the queue of an asynchronous handler full. Whatever
 * is dropped is counted {@link DropReason#QUEUE_FULL}. Both policies that drop events
 * spare {@linkplain TelemetryRouterBuilder#criticalEvents critical} ones while there are
 * others.
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
	 * Blocks the emitter until there is room, for the block timeout at most, and then
	 * drops the newest. An event that finds several queues full blocks its emitter for
	 * one timeout, not for one each. Of several emitters that wait, any may get the room
	 * first. Drops the newest at once on a thread that works for a lane, where the
	 * emitter could wait for itself, on one that
	 * {@linkplain TelemetryRouterBuilder#blockingAllowed must not be blocked}, on an
	 * interrupted thread, and while the handler is paused.
	 */
	BLOCK

}
