package io.telemetryrouter;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The handlers, events and statistics of a router.
 *
 * @param handlers the registered handlers by id, in order of registration
 * @param events the tracked event names by name, in alphabetical order;
 * {@link #OTHER_EVENTS} stands for all names beyond the limit, if there were any
 * @param retired the sum of the accounts of handlers that were removed or are being
 * removed
 * @param held how many events are held until the router starts
 * @param defaults the options of handlers that do not set their own
 * @since 0.1.0
 */
public record RouterSnapshot(Map<String, HandlerSnapshot> handlers, Map<String, EventSnapshot> events,
		HandlerAccount retired, int held, Defaults defaults) {

	public RouterSnapshot {
		handlers = Collections.unmodifiableMap(new LinkedHashMap<>(handlers));
		events = Collections.unmodifiableMap(new LinkedHashMap<>(events));
	}

	/**
	 * The name that stands for all names that are not tracked.
	 */
	public static final String OTHER_EVENTS = "_other";

	/**
	 * The options of handlers that do not set their own.
	 *
	 * @param maxHandlerQueue the capacity of a queue in events
	 * @param priority the priority
	 * @param overflow the overflow policy
	 */
	public record Defaults(int maxHandlerQueue, int priority, OverflowPolicy overflow) {
	}

}
