package io.telemetryrouter.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EventPattern;
import io.telemetryrouter.RouterListener;
import io.telemetryrouter.RouterSnapshot;

/**
 * The tracked event names. A name that a handler names is always tracked; of other names
 * only a limited number is, first come first served, and none that is very long, so that
 * names made up at run time cannot fill the memory. The rest is counted together.
 */
final class EventTallies {

	/** In characters; longer names are not worth keeping. */
	private static final int MAX_NAME_LENGTH = 512;

	private final RouterCore core;

	private final EventTally other = new EventTally(RouterSnapshot.OTHER_EVENTS);

	private final ConcurrentHashMap<String, EventTally> tallies = new ConcurrentHashMap<>();

	private final AtomicInteger limited = new AtomicInteger();

	private final CopyOnWriteArrayList<RouterListener> listeners = new CopyOnWriteArrayList<>();

	EventTallies(RouterCore core) {
		this.core = core;
	}

	/**
	 * Returns the tally of a name, tracking it if there is room.
	 * @param event the event's name
	 * @return its tally, or that of all others
	 */
	EventTally track(String event) {
		EventTally known = this.tallies.get(event);
		if (known != null) {
			return known;
		}
		if (!isTrackable(event) || this.limited.incrementAndGet() > this.core.settings().maxEventNames()) {
			if (isTrackable(event)) {
				this.limited.decrementAndGet();
			}
			if (this.other.claimAnnouncement()) {
				announce(this.other);
			}
			return this.other;
		}
		EventTally created = new EventTally(event);
		created.limited = true;
		EventTally raced = this.tallies.putIfAbsent(event, created);
		if (raced != null) {
			this.limited.decrementAndGet();
			return raced;
		}
		announce(created);
		return created;
	}

	private static boolean isTrackable(String event) {
		return event.length() <= MAX_NAME_LENGTH && !event.equals(RouterSnapshot.OTHER_EVENTS);
	}

	boolean isOther(EventTally tally) {
		return tally == this.other;
	}

	/**
	 * Tracks the names that a new handler names.
	 * @param handler the handler
	 */
	void named(Registration handler) {
		for (EventPattern pattern : handler.patterns) {
			String name = pattern.toString();
			if (pattern.isExact() && isTrackable(name)) {
				EventTally created = new EventTally(name);
				if (this.tallies.putIfAbsent(name, created) == null) {
					announce(created);
				}
			}
		}
		tell((listener) -> listener.handlerAdded(handler.id));
	}

	/**
	 * Forgets the names that only a handler that has gone named and that were never
	 * emitted; of the others only as many are kept as there is room for.
	 * @param handler the handler
	 * @param isNamed says whether another handler names an event
	 */
	void unnamed(Registration handler, Predicate<String> isNamed) {
		tell((listener) -> listener.handlerRemoved(handler.id));
		for (EventPattern pattern : handler.patterns) {
			EventTally tally = this.tallies.get(pattern.toString());
			if (tally != null && !tally.limited && !isNamed.test(tally.name)) {
				forgetOrLimit(tally);
			}
		}
	}

	private void forgetOrLimit(EventTally tally) {
		if (tally.emitted() != 0 && this.limited.incrementAndGet() <= this.core.settings().maxEventNames()) {
			tally.limited = true;
			return;
		}
		if (tally.emitted() != 0) {
			this.limited.decrementAndGet();
		}
		if (this.tallies.remove(tally.name, tally)) {
			tally.moveTo(this.other);
			tell((listener) -> listener.eventRemoved(tally.name));
		}
	}

	@Nullable EventTally get(String event) {
		return event.equals(RouterSnapshot.OTHER_EVENTS) ? this.other : this.tallies.get(event);
	}

	/**
	 * Returns the tallies, that of all others only if it has counted any.
	 * @return the tallies by name
	 */
	List<EventTally> all() {
		List<EventTally> all = new ArrayList<>(this.tallies.values());
		if (this.other.emitted() != 0) {
			all.add(this.other);
		}
		all.sort(Comparator.comparing((tally) -> tally.name));
		return all;
	}

	/**
	 * Adds a listener and tells it what there is.
	 * @param listener the listener
	 * @param handlers the registered handlers
	 */
	void addListener(RouterListener listener, List<Registration> handlers) {
		this.listeners.add(listener);
		for (EventTally tally : all()) {
			guarded(() -> announce(tally, listener));
		}
		for (Registration handler : handlers) {
			if (!handler.internal) {
				guarded(() -> listener.handlerAdded(handler.id));
			}
		}
	}

	private void announce(EventTally tally) {
		tell((listener) -> announce(tally, listener));
	}

	private void announce(EventTally tally, RouterListener listener) {
		LongConsumer recorder = listener.eventAdded(tally.name);
		if (recorder != null) {
			tally.addRecorder(listener, recorder);
		}
	}

	private void tell(Consumer<RouterListener> call) {
		for (RouterListener listener : this.listeners) {
			guarded(() -> call.accept(listener));
		}
	}

	private void guarded(Runnable call) {
		try {
			call.run();
		}
		catch (Throwable ex) {
			this.core.reporter().callbackFailed("Router listener", ex);
		}
	}

}
