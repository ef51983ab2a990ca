package io.telemetryrouter.internal.registry;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EventPattern;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.RouterListener;
import io.telemetryrouter.internal.lane.Lane;
import io.telemetryrouter.internal.lane.Recording;
import io.telemetryrouter.internal.support.Headroom;
import io.telemetryrouter.internal.support.Names;

/**
 * Registers and removes handlers.
 * <p>
 * Both operations take the write lock and invalidate the affected routes. Routes are
 * compiled under the read lock. So a route in use always reflects all changes that have
 * returned, and a route that was looked up before a change stays as it is. No user code
 * runs under either lock, and emitters usually take neither.
 */
public final class HandlerRegistry {

	/** The number of leaving handlers above which a registration retires them itself. */
	private static final int MAX_LEAVING = 256;

	private final HandlerServices services;

	private final Recording recording;

	final HandlerTable table;

	private final TrackedEvents events;

	private final Announcements announcements;

	private final CallSites callSites;

	public final HandlerSnapshots snapshots;

	private final ReadWriteLock lock = new ReentrantReadWriteLock();

	/** Guarded by the lock. */
	private final PatternIndex<Handler> index = new PatternIndex<>();

	/** The number of handlers that are bound to a run. */
	private final AtomicInteger runBound = new AtomicInteger();

	private final AtomicLong changes = new AtomicLong();

	/** Invalidates the routes of a pattern. Called under the write lock. */
	private volatile Consumer<EventPattern> changed = (pattern) -> {
	};

	public HandlerRegistry(HandlerServices services, HandlerTable table, TrackedEvents events,
			Announcements announcements, CallSites callSites) {
		this.services = services;
		this.recording = services.lanes().recording();
		this.table = table;
		this.events = events;
		this.announcements = announcements;
		this.callSites = callSites;
		this.snapshots = new HandlerSnapshots(services.lanes());
	}

	/** Sets the callback that invalidates the routes of a pattern. */
	public void whenChanged(Consumer<EventPattern> changed) {
		this.changed = changed;
	}

	/** Registers a handler, or returns {@code null} if its id is taken. */
	public @Nullable Handler add(HandlerOptions options, HandlerSpec<?> spec) {
		if (this.table.leaving > MAX_LEAVING) {
			retireAll();
		}
		Handler handler = new Handler(options, spec, this.services, this);
		boolean added = whileChanging(() -> addUnderLock(handler));
		if (!added) {
			return null;
		}
		this.callSites.check(options.source);
		this.announcements.make();
		return handler;
	}

	private boolean addUnderLock(Handler handler) {
		boolean recorder = handler.isRecorder();
		if (recorder && this.recording.isPresent()) {
			throw new IllegalStateException("Handler '" + Names.printable(handler.options.id)
					+ "' is a recorder, and the router has one already: give each router one journal");
		}
		if (!this.table.add(handler)) {
			return false;
		}
		if (recorder) {
			this.recording.set(handler.options.recorder, handler.options.async);
		}
		for (EventPattern pattern : handler.options.patterns) {
			this.index.add(pattern, handler);
			this.changed.accept(pattern);
		}
		this.callSites.added(handler.options.source);
		this.runBound.addAndGet((handler.options.run != null) ? 1 : 0);
		this.events.named(handler.options.patterns);
		if (handler.options.announced) {
			this.announcements.add((listener) -> announce(handler, listener));
		}
		return true;
	}

	void remove(Handler handler) {
		if (whileChanging(() -> removeUnderLock(handler))) {
			this.announcements.make();
		}
	}

	private boolean removeUnderLock(Handler handler) {
		if (!this.table.leave(handler)) {
			return false;
		}
		if (handler.isRecorder()) {
			this.recording.set(null, false);
		}
		for (EventPattern pattern : handler.options.patterns) {
			this.index.remove(pattern, handler);
		}
		handler.metrics.routes.forEach(OfferedEvents::invalidate);
		this.callSites.removed(handler.options.source);
		this.runBound.addAndGet((handler.options.run != null) ? -1 : 0);
		for (EventPattern pattern : handler.options.patterns) {
			if (pattern.isExact() && !this.index.names(pattern.toString())) {
				this.events.unnamed(pattern.toString());
			}
		}
		return true;
	}

	/**
	 * Retires a leaving handler if it has no event in flight. Never called under a lock.
	 */
	void retire(Handler handler) {
		if (this.table.retire(handler)) {
			retired(handler);
			this.announcements.make();
		}
	}

	/** Retires the leaving handlers that are done. Never called under a lock. */
	public void retireAll() {
		this.table.retireAll().forEach(this::retired);
		this.announcements.make();
	}

	/** Announces the removal. A handler is announced before it can leave. */
	private void retired(Handler handler) {
		Lane lane = handler.lane();
		if (lane != null) {
			lane.end();
		}
		this.announcements.add((listener) -> listener.handlerRemoved(this.snapshots.of(handler, handler.account())));
	}

	/**
	 * Announces a handler to a listener. Not under a lock, so the account may be final.
	 */
	void announce(Handler handler, RouterListener listener) {
		this.announcements.announce(handler, this.snapshots.of(handler, handler.account()), listener);
	}

	/**
	 * Checks that the router has a recorder if the handler spills events.
	 * @throws IllegalStateException if the router has none
	 */
	public void requireRecorder(HandlerOptions options) {
		if (options.spills() && !this.recording.isPresent()) {
			throw new IllegalStateException("Handler '" + Names.printable(options.id)
					+ "' has overflow policy SPILL, which continues from the journal, and the router has none: set"
					+ " 'telemetry-router.journal.enabled' to 'true', which without Spring Boot is"
					+ " TelemetryRouter.subscribe(journal.handler(...)) before, or choose another policy");
		}
	}

	/** Removes the handlers of a run. They still handle their queued events. */
	public void runEnded(String runId) {
		if (this.runBound.get() != 0) {
			this.table.active()
				.stream()
				.filter((handler) -> runId.equals(handler.options.run))
				.forEach((handler) -> handler.leave(false));
		}
	}

	/** Runs an action under the write lock, since it changes the handlers of names. */
	public boolean whileChanging(Supplier<Boolean> action) {
		return locked(this.lock.writeLock(), () -> {
			this.changes.incrementAndGet();
			return action.get();
		});
	}

	/** Returns the number of changes that have begun. */
	public long changes() {
		return this.changes.get();
	}

	/** Runs an action under the read lock, while the handlers of names do not change. */
	public <R extends @Nullable Object> R whileUnchanged(Supplier<R> action) {
		return locked(this.lock.readLock(), action);
	}

	private static <R extends @Nullable Object> R locked(Lock lock, Supplier<R> action) {
		// A thread that ran out of stack within the lock would leave it locked.
		Headroom.require();
		lock.lock();
		try {
			return action.get();
		}
		finally {
			lock.unlock();
		}
	}

	/**
	 * Returns the handlers that match a name, each with the rank of its closest pattern.
	 */
	public Map<Handler, Integer> matching(String event) {
		Map<Handler, Integer> ranks = new LinkedHashMap<>();
		this.index.match(event, (handler, rank) -> ranks.merge(handler, rank, Math::min));
		return ranks;
	}

	/** Returns whether a handler matches. Called within {@link #whileUnchanged}. */
	public boolean matchesAny(String event) {
		return this.index.matchesAny(event);
	}

	public void addListener(RouterListener listener) {
		whileChanging(() -> {
			this.events.addListener(listener, this.table.active(), this::announce);
			return true;
		});
		this.announcements.make();
	}

	public void removeListener(RouterListener listener) {
		this.events.removeListener(listener);
		this.table.forEach((handler) -> handler.metrics.removeRecorders(listener));
	}

}
