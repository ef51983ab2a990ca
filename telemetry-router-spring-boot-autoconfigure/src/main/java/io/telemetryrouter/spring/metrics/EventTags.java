package io.telemetryrouter.spring.metrics;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.telemetryrouter.RouterSnapshot;

/**
 * Maps event names to tag values: the first names up to a limit have a value of their
 * own. Every name has exactly one value, so the series of all values add up to the total.
 */
final class EventTags {

	/**
	 * The tag value of all further names, and the name under which the router counts
	 * untracked names.
	 */
	static final String OTHER = RouterSnapshot.OTHER_EVENTS;

	private final int limit;

	private final Set<String> own = new HashSet<>();

	private final Set<String> others = ConcurrentHashMap.newKeySet();

	private final Set<String> all = ConcurrentHashMap.newKeySet();

	EventTags(int limit) {
		if (limit < 0) {
			throw new IllegalArgumentException("'maxEventTags' must not be negative, but is " + limit);
		}
		this.limit = limit;
		this.others.add(OTHER);
		this.all.add(OTHER);
	}

	/**
	 * Returns the tag value of an event name. The value stays the same until
	 * {@link #forget} is called for the name.
	 */
	synchronized String tagOf(String event) {
		if (this.all.add(event)) {
			((this.own.size() < this.limit) ? this.own : this.others).add(event);
		}
		return this.own.contains(event) ? event : OTHER;
	}

	/**
	 * Removes a name that the router stopped tracking. The router has moved its counts to
	 * {@link #OTHER}.
	 */
	synchronized void forget(String event) {
		if (!event.equals(OTHER)) {
			this.own.remove(event);
			this.others.remove(event);
			this.all.remove(event);
		}
	}

	/**
	 * Returns a live view of the names with the tag value {@link #OTHER}.
	 */
	Collection<String> others() {
		return this.others;
	}

	/**
	 * Returns a live view of all names.
	 */
	Collection<String> all() {
		return this.all;
	}

}
