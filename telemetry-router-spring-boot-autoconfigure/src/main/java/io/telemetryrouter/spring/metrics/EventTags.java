package io.telemetryrouter.spring.metrics;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.telemetryrouter.RouterSnapshot;

/**
 * Decides which event names become tag values: the first ones up to a limit. Every name
 * belongs to exactly one value, so that the values of all tags add up to the whole.
 */
final class EventTags {

	/**
	 * The value that all further names share, and the name of all that are not tracked.
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
	 * Returns the tag value of an event name, the same until the name is forgotten.
	 */
	synchronized String tagOf(String event) {
		if (this.all.add(event)) {
			((this.own.size() < this.limit) ? this.own : this.others).add(event);
		}
		return this.own.contains(event) ? event : OTHER;
	}

	/**
	 * Forgets a name. The router counts what it has counted as {@link #OTHER} from now
	 * on.
	 */
	synchronized void forget(String event) {
		if (!event.equals(OTHER)) {
			this.own.remove(event);
			this.others.remove(event);
			this.all.remove(event);
		}
	}

	/**
	 * Returns the names that share {@link #OTHER}, changing as names come and go.
	 */
	Collection<String> others() {
		return this.others;
	}

	/**
	 * Returns the names of all tags, changing as names come and go.
	 */
	Collection<String> all() {
		return this.all;
	}

}
