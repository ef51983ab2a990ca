package io.telemetryrouter.internal.registry;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EventPattern;
import io.telemetryrouter.RouterListener;
import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.internal.RouterCore;

/**
 * The tracked event names. A name that a handler names is always tracked; of other names
 * only a limited number is, first come first served, and none that is very long, so that
 * names made up at run time cannot fill the memory. The rest is counted together.
 *
 * @since 0.1.0
 */
public final class TrackedEvents {

	/** In characters; longer names are not worth keeping. */
	private static final int MAX_NAME_LENGTH = 512;

	private final RouterCore core;

	private final EventStatistics other = new EventStatistics(RouterSnapshot.OTHER_EVENTS);

	private final ConcurrentHashMap<String, EventStatistics> tallies = new ConcurrentHashMap<>();

	/** How many of the tracked names no handler names. Written under this. */
	private volatile int limited;

	/** Written under this. */
	private volatile boolean otherAnnounced;

	private final Announcements announcements;

	TrackedEvents(RouterCore core, Announcements announcements) {
		this.core = core;
		this.announcements = announcements;
	}

	/**
	 * Returns the tally of a name, tracking it if there is room.
	 * @param event the event's name
	 * @return its tally, or that of all others
	 */
	EventStatistics track(String event) {
		EventStatistics known = this.tallies.get(event);
		if (known != null) {
			return known;
		}
		if (this.otherAnnounced && !hasRoom(event)) {
			return this.other;
		}
		EventStatistics tally = add(event);
		this.announcements.make();
		return tally;
	}

	private synchronized EventStatistics add(String event) {
		EventStatistics known = this.tallies.get(event);
		if (known != null) {
			return known;
		}
		if (!hasRoom(event)) {
			announceOther();
			return this.other;
		}
		EventStatistics created = new EventStatistics(event);
		created.limited = true;
		this.limited++;
		this.tallies.put(event, created);
		announce(created);
		return created;
	}

	private void announceOther() {
		if (!this.otherAnnounced) {
			this.otherAnnounced = true;
			announce(this.other);
		}
	}

	private boolean hasRoom(String event) {
		return isTrackable(event) && this.limited < this.core.settings().maxEventNames();
	}

	private static boolean isTrackable(String event) {
		return event.length() <= MAX_NAME_LENGTH && !event.equals(RouterSnapshot.OTHER_EVENTS);
	}

	public boolean isOther(EventStatistics tally) {
		return tally == this.other;
	}

	/**
	 * Returns whether a tally is still that of its name, or that of all others.
	 * @param tally the tally
	 * @return {@code false} if the name was forgotten
	 */
	boolean isCurrent(EventStatistics tally) {
		return isOther(tally) || this.tallies.get(tally.name) == tally;
	}

	/**
	 * Tracks the names that a new handler names.
	 * @param handler the handler
	 */
	synchronized void named(Handler handler) {
		for (EventPattern pattern : handler.patterns) {
			String name = pattern.toString();
			if (pattern.isExact() && isTrackable(name) && !this.tallies.containsKey(name)) {
				EventStatistics created = new EventStatistics(name);
				this.tallies.put(name, created);
				announce(created);
			}
		}
	}

	/**
	 * Lets go of a name that no handler names any more: it is forgotten if it was never
	 * emitted, and otherwise kept if there is room.
	 * @param event the event's name
	 */
	synchronized void unnamed(String event) {
		EventStatistics tally = this.tallies.get(event);
		if (tally == null || tally.limited) {
			return;
		}
		if (tally.emitted() != 0 && this.limited < this.core.settings().maxEventNames()) {
			tally.limited = true;
			this.limited++;
			return;
		}
		this.tallies.remove(event);
		if (tally.emitted() != 0) {
			announceOther();
		}
		tally.moveTo(this.other);
		this.announcements.add((listener) -> listener.eventRemoved(event));
	}

	public @Nullable EventStatistics get(String event) {
		return event.equals(RouterSnapshot.OTHER_EVENTS) ? this.other : this.tallies.get(event);
	}

	/**
	 * Returns the tallies, that of all others only if it has counted any.
	 * @return the tallies by name
	 */
	public List<EventStatistics> all() {
		List<EventStatistics> all = new ArrayList<>(this.tallies.values());
		if (this.other.emitted() != 0) {
			all.add(this.other);
		}
		all.sort(Comparator.comparing((tally) -> tally.name));
		return all;
	}

	private void announce(EventStatistics tally) {
		this.announcements.add((listener) -> announce(tally, listener));
	}

	private static void announce(EventStatistics tally, RouterListener listener) {
		LongConsumer recorder = listener.eventAdded(tally.name);
		if (recorder != null) {
			tally.addRecorder(listener, recorder);
		}
	}

	/**
	 * Adds a listener, which is told of every name and then of the handlers.
	 * @param listener the listener
	 * @param handlers the registered handlers
	 */
	synchronized void addListener(RouterListener listener, List<Handler> handlers) {
		List<Consumer<RouterListener>> calls = new ArrayList<>();
		this.tallies.values().forEach((tally) -> calls.add((told) -> announce(tally, told)));
		if (this.otherAnnounced) {
			calls.add((told) -> announce(this.other, told));
		}
		for (Handler handler : handlers) {
			if (handler.announced) {
				calls.add((told) -> told.handlerAdded(handler.id));
			}
		}
		this.announcements.addListener(listener, calls);
	}

	synchronized void removeListener(RouterListener listener) {
		this.announcements.removeListener(listener);
		this.tallies.values().forEach((tally) -> tally.removeRecorder(listener));
		this.other.removeRecorder(listener);
	}

}
