package io.telemetryrouter;

import java.util.function.LongConsumer;

import org.jspecify.annotations.Nullable;

/**
 * Called when handlers and event names of a router come and go, so that metrics, for
 * example, can mirror them. Calls are made one at a time, in the order of the changes,
 * with no lock held, by the threads that make the changes: a thread that finds another
 * one calling leaves its own calls to it. What they throw is caught and logged.
 *
 * @since 0.1.0
 */
public interface RouterListener {

	/**
	 * Called when a handler was registered. Handlers without an id of their own that
	 * leave by themselves (after a number of events, or with an owner) are not announced:
	 * their ids have no bounds. The {@link RouterSnapshot} has them.
	 * @param handlerId the handler's id
	 */
	default void handlerAdded(String handlerId) {
	}

	/**
	 * Called after {@link #handlerAdded}, once for the calls that return and once for
	 * those that throw.
	 * @param handlerId the handler's id
	 * @param failed whether it is about the calls that throw
	 * @return a recorder that is given the duration of each such call from then on, in
	 * nanoseconds, on the thread of the call; {@code null} for none
	 */
	default @Nullable LongConsumer callRecorder(String handlerId, boolean failed) {
		return null;
	}

	/**
	 * Called after {@link #handlerAdded} for an asynchronous handler.
	 * @param handlerId the handler's id
	 * @return a recorder that is given how long each event has waited in the handler's
	 * queue from then on, in nanoseconds, on the thread that handles it; {@code null} for
	 * none
	 */
	default @Nullable LongConsumer waitRecorder(String handlerId) {
		return null;
	}

	/**
	 * Called when a handler's registration ended.
	 * @param handlerId the handler's id
	 */
	default void handlerRemoved(String handlerId) {
	}

	/**
	 * Called when an event name is first tracked: when a handler names it or, for other
	 * names, at its first emit.
	 * @param event the event's name; {@link RouterSnapshot#OTHER_EVENTS} for all names
	 * beyond the limit
	 * @return a recorder that is given the latency of each dispatch of that name from
	 * then on, in nanoseconds, on the emitting thread; {@code null} for none
	 */
	default @Nullable LongConsumer eventAdded(String event) {
		return null;
	}

	/**
	 * Called when an event name is no longer tracked, because no handler names it any
	 * more.
	 * @param event the event's name
	 */
	default void eventRemoved(String event) {
	}

}
