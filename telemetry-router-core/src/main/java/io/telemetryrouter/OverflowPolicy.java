package io.telemetryrouter;

/**
 * What happens to an event that finds the queue of an asynchronous handler full. What is
 * dropped then is counted {@link DropReason#QUEUE_FULL}. Both policies that drop events
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
	BLOCK,

	/**
	 * Leaves the event to the {@linkplain HandlerSpec.Builder#recorder recorder} of the
	 * router, such as a journal: the handler falls behind and reads it back later, in the
	 * order in which events were offered, until it has caught up. The emitter waits for
	 * nothing. Only where the event is in memory, one to four bytes for most; if that
	 * exceeds 16 MiB, new events are dropped, counted {@link DropReason#QUEUE_FULL}.
	 * <p>
	 * An event that was read back has the payload that the recorder has kept of it, as
	 * the class that was emitted, and neither captured context nor span. An event that
	 * the recorder does not have, or whose payload it cannot give back, is counted
	 * {@link DropReason#NOT_JOURNALLED}.
	 * <p>
	 * For handlers with one event at a time, in a router that has a recorder.
	 */
	SPILL

}
