package io.telemetryrouter.internal.registry;

import java.lang.ref.ReferenceQueue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EventPattern;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.RouterListener;
import io.telemetryrouter.internal.support.Headroom;

/**
 * Lets handlers come and go.
 * <p>
 * Registering and removing take the write lock and invalidate the routes concerned;
 * routes are compiled under the read lock. So a route in use always shows all changes
 * that have returned, and one that was looked up before stays what it was. No user code
 * runs under either lock, and emitters take neither on their usual way.
 */
public final class HandlerRegistry {

	/** So many leaving handlers are not left to the watchdog. */
	private static final int MAX_LEAVING = 256;

	private final HandlerServices services;

	private final HandlerTable table;

	private final TrackedEvents events;

	private final Announcements announcements;

	private final CallSites callSites;

	private final ReferenceQueue<Object> collectedOwners = new ReferenceQueue<>();

	private final ReadWriteLock lock = new ReentrantReadWriteLock();

	/** Guarded by the lock. */
	private final PatternIndex<Handler> index = new PatternIndex<>();

	private volatile Invalidation routes = (pattern) -> {
	};

	/**
	 * Creates a registry.
	 * @param services what all handlers share
	 * @param table the handlers
	 * @param events the event names
	 * @param announcements tells listeners
	 * @param callSites counts handlers by the code that registers them
	 */
	public HandlerRegistry(HandlerServices services, HandlerTable table, TrackedEvents events,
			Announcements announcements, CallSites callSites) {
		this.services = services;
		this.table = table;
		this.events = events;
		this.announcements = announcements;
		this.callSites = callSites;
	}

	/**
	 * Sets what is told of patterns whose handlers change.
	 * @param routes the routes
	 */
	public void invalidates(Invalidation routes) {
		this.routes = routes;
	}

	/**
	 * Registers a handler.
	 * @param options what it is registered with
	 * @param spec the specification
	 * @return the handler, or {@code null} if its id is taken
	 */
	public @Nullable Handler add(HandlerOptions options, HandlerSpec<?> spec) {
		closeCollected();
		if (this.table.leaving() > MAX_LEAVING) {
			this.table.retireAll();
		}
		Handler handler = new Handler(options, spec.owner(), this.services, this);
		boolean added = whileChanging(() -> addUnderLock(handler));
		if (!added) {
			return null;
		}
		this.callSites.check(options.source);
		this.announcements.make();
		return handler;
	}

	private boolean addUnderLock(Handler handler) {
		if (!this.table.add(handler)) {
			return false;
		}
		for (EventPattern pattern : handler.options.patterns) {
			this.index.add(pattern, handler);
			this.routes.handlersChanged(pattern);
		}
		this.callSites.added(handler.options.source);
		this.events.named(handler.options.patterns);
		if (handler.options.announced) {
			this.announcements.add((listener) -> listener.handlerAdded(handler.options.id));
		}
		return true;
	}

	/**
	 * Removes a handler, if it is registered.
	 * @param handler the handler
	 */
	void remove(Handler handler) {
		if (whileChanging(() -> removeUnderLock(handler))) {
			this.announcements.make();
		}
	}

	private boolean removeUnderLock(Handler handler) {
		if (!this.table.leave(handler)) {
			return false;
		}
		for (EventPattern pattern : handler.options.patterns) {
			this.index.remove(pattern, handler);
		}
		handler.metrics.routes.forEach(OfferedEvents::invalidate);
		this.callSites.removed(handler.options.source);
		if (handler.options.announced) {
			this.announcements.add((listener) -> listener.handlerRemoved(handler.options.id));
		}
		for (EventPattern pattern : handler.options.patterns) {
			if (pattern.isExact() && !this.index.names(pattern.toString())) {
				this.events.unnamed(pattern.toString());
			}
		}
		return true;
	}

	/**
	 * Lets go of a handler that was closed, if all its events are counted. (One that
	 * leaves by its last event is left to the watchdog, since its emitter does not wait.)
	 * @param handler the handler
	 */
	void retire(Handler handler) {
		this.table.retire(handler);
	}

	/**
	 * Runs an action that changes what matches a name.
	 * @param action the action
	 * @return its result
	 */
	public boolean whileChanging(Supplier<Boolean> action) {
		// A thread that used up its stack within the lock would leave it locked.
		Headroom.require();
		this.lock.writeLock().lock();
		try {
			return action.get();
		}
		finally {
			this.lock.writeLock().unlock();
		}
	}

	/**
	 * Runs an action while nothing changes that matches a name.
	 * @param <R> the type of its result
	 * @param action the action
	 * @return its result
	 */
	public <R extends @Nullable Object> R whileUnchanged(Supplier<R> action) {
		Headroom.require();
		this.lock.readLock().lock();
		try {
			return action.get();
		}
		finally {
			this.lock.readLock().unlock();
		}
	}

	/**
	 * Returns the handlers that match a name, in the order of their calls. To be called
	 * {@linkplain #whileUnchanged while unchanged}.
	 * @param event the event's name
	 * @return the handlers
	 */
	public List<Handler> matching(String event) {
		Map<Handler, Integer> ranks = new LinkedHashMap<>();
		this.index.match(event, (handler, rank) -> ranks.merge(handler, rank, Math::min));
		if (ranks.size() <= 1) {
			return List.copyOf(ranks.keySet());
		}
		List<Candidate> candidates = new ArrayList<>(ranks.size());
		ranks.forEach((handler, rank) -> candidates.add(new Candidate(handler, rank)));
		return candidates.stream().sorted().map(Candidate::handler).toList();
	}

	/**
	 * Returns whether a handler matches a name. To be called {@linkplain #whileUnchanged
	 * while unchanged}.
	 * @param event the event's name
	 * @return whether there is one
	 */
	public boolean matchesAny(String event) {
		return this.index.matchesAny(event);
	}

	public void addListener(RouterListener listener) {
		whileChanging(() -> {
			this.events.addListener(listener, this.table.active());
			return true;
		});
		this.announcements.make();
	}

	public void removeListener(RouterListener listener) {
		this.events.removeListener(listener);
	}

	ReferenceQueue<Object> collectedOwners() {
		return this.collectedOwners;
	}

	private void closeCollected() {
		for (var owner = this.collectedOwners.poll(); owner != null; owner = this.collectedOwners.poll()) {
			((OwnerReference) owner).handler().close();
		}
	}

	/**
	 * Looks after handlers that leave, because their owner was collected or by their last
	 * event.
	 */
	public void check() {
		closeCollected();
		this.table.retireAll();
	}

	/**
	 * Is told of patterns whose handlers change, under the write lock.
	 */
	@FunctionalInterface
	public interface Invalidation {

		void handlersChanged(EventPattern pattern);

	}

	/**
	 * A handler with its place in a route: by priority, then how closely it names the
	 * event, then the order of registration.
	 */
	private record Candidate(Handler handler, int rank) implements Comparable<Candidate> {

		@Override
		public int compareTo(Candidate other) {
			int order = Integer.compare(this.handler.options.priority, other.handler.options.priority);
			if (order == 0) {
				order = Integer.compare(this.rank, other.rank);
			}
			return (order != 0) ? order : Long.compare(this.handler.options.number, other.handler.options.number);
		}

	}

}
