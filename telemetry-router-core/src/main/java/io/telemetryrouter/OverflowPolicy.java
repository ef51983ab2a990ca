package io.telemetryrouter;

/**
 * The policy for an event that is offered to a full queue of an asynchronous handler.
 * Dropped events are counted {@link DropReason#QUEUE_FULL}. {@link #DROP_NEWEST} and
 * {@link #DROP_OLDEST} drop a {@linkplain TelemetryRouterBuilder#criticalEvents critical}
 * event only if the queue holds no other events.
 *
 * @since 0.1.0
 */
public enum OverflowPolicy {

	/**
	 * Drops the new event.
	 */
	DROP_NEWEST,

	/**
	 * Drops the event that has waited longest, and queues the new one.
	 */
	DROP_OLDEST,

	/**
	 * Blocks the emitter until there is room, for the block timeout at most, and then
	 * drops the new event. If several queues are full, the emitter waits for one timeout
	 * in total, not for one per queue. Waiting emitters get room in no particular order.
	 * The new event is dropped without waiting on a thread that runs a lane, where the
	 * emitter could wait for itself, on a thread that
	 * {@linkplain TelemetryRouterBuilder#blockingAllowed must not be blocked}, on an
	 * interrupted thread, and while the handler is paused.
	 */
	BLOCK,

	/**
	 * Leaves the event to the {@linkplain HandlerSpec.Builder#recorder recorder} of the
	 * router, such as a journal: the handler falls behind and reads it back later, in the
	 * order in which events were offered, until it has caught up. The emitter does not
	 * wait. Only the position of the event in the recording is kept in memory, one to
	 * four bytes for most events; if these positions exceed 16 MiB, new events are
	 * dropped, counted {@link DropReason#QUEUE_FULL}.
	 * <p>
	 * An event that was read back has the recorded payload, as the class that was
	 * emitted, and neither captured context nor span. An event that the recorder does not
	 * have, or whose payload it cannot return, is counted
	 * {@link DropReason#NOT_JOURNALLED}.
	 * <p>
	 * Requires a concurrency of 1 and a router that has a recorder.
	 */
	SPILL

}
