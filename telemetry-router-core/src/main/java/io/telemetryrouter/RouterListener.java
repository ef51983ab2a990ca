package io.telemetryrouter;

import java.util.function.LongConsumer;

import org.jspecify.annotations.Nullable;

/**
 * Called when handlers and event names of a router are added or removed, for example to
 * register and remove meters. Calls are made one at a time, in the order of the changes,
 * with no lock held, by the threads that make the changes. If another thread is calling
 * listeners already, that thread makes the calls instead. Exceptions are caught and
 * logged.
 *
 * @since 0.1.0
 */
public interface RouterListener {

	/**
	 * Called when a handler was registered. Handlers with a generated id whose
	 * registration ends by itself (after a number of events, with an owner or with a run)
	 * are not announced, because the number of their ids is unbounded. The
	 * {@link RouterSnapshot} contains them.
	 * @param handler the handler
	 */
	default void handlerAdded(HandlerSnapshot handler) {
	}

	/**
	 * Called after {@link #handlerAdded}, once for the calls that return and once for
	 * those that throw.
	 * @param handlerId the handler's id
	 * @param failed {@code true} for the calls that throw, {@code false} for those that
	 * return
	 * @return a recorder that receives the duration of each such call from then on, in
	 * nanoseconds, on the thread of the call; {@code null} for none
	 */
	default @Nullable LongConsumer callRecorder(String handlerId, boolean failed) {
		return null;
	}

	/**
	 * Called after {@link #handlerAdded} for an asynchronous handler.
	 * @param handlerId the handler's id
	 * @return a recorder that receives the time that each event has waited in the
	 * handler's queue from then on, in nanoseconds, on the thread that handles it;
	 * {@code null} for none
	 */
	default @Nullable LongConsumer waitRecorder(String handlerId) {
		return null;
	}

	/**
	 * Called once for each handler whose registration ended, when its account is final:
	 * no event is queued or running, and none will be counted for it any more. That is
	 * when its subscription is closed or, if it has events to handle then, up to a second
	 * after the last one. Another handler with the same id may have been added before,
	 * with a higher {@linkplain HandlerSnapshot#number() number}.
	 * <p>
	 * Also called for handlers that {@link #handlerAdded} did not announce. If latency is
	 * not measured, an event that was on its way to a synchronous handler may be in the
	 * account as handled.
	 * @param handler the handler with its final account
	 */
	default void handlerRemoved(HandlerSnapshot handler) {
	}

	/**
	 * Called when an event name is first tracked: when a handler of exactly that name is
	 * registered or, for other names, at the first emit.
	 * @param event the event's name; {@link RouterSnapshot#OTHER_EVENTS} for all names
	 * beyond the limit
	 * @return a recorder that receives the latency of each dispatch of that name from
	 * then on, in nanoseconds, on the emitting thread; {@code null} for none
	 */
	default @Nullable LongConsumer eventAdded(String event) {
		return null;
	}

	/**
	 * Called when an event name is no longer tracked, after the last handler of exactly
	 * that name was removed.
	 * @param event the event's name
	 */
	default void eventRemoved(String event) {
	}

}
