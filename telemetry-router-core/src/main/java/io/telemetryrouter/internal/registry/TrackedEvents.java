package io.telemetryrouter.internal.registry;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EventPattern;
import io.telemetryrouter.RouterListener;
import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.internal.metrics.SampleBuffers;

/**
 * The tracked event names. The exact patterns of handlers are always tracked. Of other
 * names only a limited number is tracked, first come first served, so that dynamic names
 * cannot fill the memory. Very long names are never tracked. All names that are not
 * tracked are counted together.
 */
public final class TrackedEvents {

	/** In characters; longer names are not tracked. */
	private static final int MAX_NAME_LENGTH = 512;

	private final int maxNames;

	private final SampleBuffers samples;

	private final EventStatistics other = new EventStatistics(RouterSnapshot.OTHER_EVENTS);

	private final ConcurrentHashMap<String, EventStatistics> byName = new ConcurrentHashMap<>();

	/** The number of names that count against the limit. Writes are guarded by this. */
	private volatile int limited;

	/** Writes are guarded by this. */
	private volatile boolean otherAnnounced;

	private final Announcements announcements;

	public TrackedEvents(int maxNames, SampleBuffers samples, Announcements announcements) {
		this.maxNames = maxNames;
		this.samples = samples;
		this.announcements = announcements;
	}

	/** Returns the statistics of a name, or of all untracked names if it has no room. */
	public EventStatistics track(String event) {
		EventStatistics known = this.byName.get(event);
		if (known != null) {
			return known;
		}
		if (this.otherAnnounced && !hasRoom(event)) {
			return this.other;
		}
		EventStatistics statistics = add(event);
		this.announcements.makeFor(event);
		return statistics;
	}

	private synchronized EventStatistics add(String event) {
		EventStatistics known = this.byName.get(event);
		if (known != null) {
			return known;
		}
		if (!hasRoom(event)) {
			announceOther();
			return this.other;
		}
		EventStatistics created = create(event);
		created.limited = true;
		this.limited++;
		return created;
	}

	private EventStatistics create(String event) {
		EventStatistics created = new EventStatistics(event);
		this.byName.put(event, created);
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
		return isTrackable(event) && this.limited < this.maxNames;
	}

	private static boolean isTrackable(String event) {
		return event.length() <= MAX_NAME_LENGTH && !event.equals(RouterSnapshot.OTHER_EVENTS);
	}

	public boolean isOther(EventStatistics statistics) {
		return statistics == this.other;
	}

	/** Returns whether the statistics are in use: their name is still tracked. */
	public boolean isCurrent(EventStatistics statistics) {
		return isOther(statistics) || this.byName.get(statistics.name) == statistics;
	}

	/** Tracks the exact patterns of a new handler. */
	synchronized void named(List<EventPattern> patterns) {
		for (EventPattern pattern : patterns) {
			String name = pattern.toString();
			if (pattern.isExact() && isTrackable(name) && !this.byName.containsKey(name)) {
				create(name);
			}
		}
	}

	/**
	 * Removes a name that is not a pattern of any handler now, unless it was emitted and
	 * the limit has room.
	 */
	synchronized void unnamed(String event) {
		EventStatistics statistics = this.byName.get(event);
		if (statistics == null || statistics.limited) {
			return;
		}
		if (statistics.emitted() != 0 && this.limited < this.maxNames) {
			statistics.limited = true;
			this.limited++;
			return;
		}
		this.byName.remove(event);
		if (statistics.emitted() != 0) {
			announceOther();
		}
		statistics.moveTo(this.other);
		this.samples.release(statistics.latency);
		this.announcements.add((listener) -> listener.eventRemoved(event));
	}

	public @Nullable EventStatistics get(String event) {
		return event.equals(RouterSnapshot.OTHER_EVENTS) ? this.other : this.byName.get(event);
	}

	/** Applies an action to all statistics, in no particular order. */
	public void forEach(Consumer<EventStatistics> action) {
		this.byName.values().forEach(action);
		action.accept(this.other);
	}

	/** Returns the statistics by name; those of untracked names only if there are any. */
	public List<EventStatistics> all() {
		List<EventStatistics> all = new ArrayList<>(this.byName.values());
		if (this.other.emitted() != 0) {
			all.add(this.other);
		}
		all.sort(Comparator.comparing((statistics) -> statistics.name));
		return all;
	}

	private void announce(EventStatistics statistics) {
		this.announcements.add((listener) -> this.announcements.announce(statistics, listener));
	}

	/** Adds a listener, and announces all names and then the handlers to it. */
	synchronized void addListener(RouterListener listener, List<Handler> handlers,
			BiConsumer<Handler, RouterListener> announcement) {
		this.announcements.addListener(listener);
		forEach((event) -> {
			if (event != this.other || this.otherAnnounced) {
				this.announcements.add(listener, (told) -> this.announcements.announce(event, told));
			}
		});
		for (Handler handler : handlers) {
			if (handler.options.announced) {
				this.announcements.add(listener, (told) -> announcement.accept(handler, told));
			}
		}
	}

	void removeListener(RouterListener listener) {
		this.announcements.removeListener(listener);
		forEach((statistics) -> statistics.latency.removeRecorder(listener));
	}

}
