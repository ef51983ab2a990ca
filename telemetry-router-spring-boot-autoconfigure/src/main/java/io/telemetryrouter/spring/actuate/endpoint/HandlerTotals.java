package io.telemetryrouter.spring.actuate.endpoint;

import java.util.Collection;
import java.util.function.Predicate;

import io.telemetryrouter.HandlerMode;
import io.telemetryrouter.HandlerSnapshot;

/**
 * The numbers of handlers. A handler may be counted under several kinds.
 *
 * @param total all handlers
 * @param sync handlers that run on the emitting thread
 * @param async handlers that run on a lane of their own
 * @param once handlers that are removed after a number of events
 * @param wildcard handlers subscribed to a pattern
 * @since 0.1.0
 */
public record HandlerTotals(long total, long sync, long async, long once, long wildcard) {

	static HandlerTotals of(Collection<HandlerSnapshot> handlers) {
		return new HandlerTotals(handlers.size(), count(handlers, (handler) -> handler.mode() == HandlerMode.SYNC),
				count(handlers, (handler) -> handler.mode() == HandlerMode.ASYNC),
				count(handlers, HandlerSnapshot::isOnce), count(handlers, HandlerSnapshot::isWildcard));
	}

	private static long count(Collection<HandlerSnapshot> handlers, Predicate<HandlerSnapshot> kind) {
		return handlers.stream().filter(kind).count();
	}

}
