package io.telemetryrouter.internal.registry;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EventPattern;
import io.telemetryrouter.RouterListener;
import io.telemetryrouter.internal.RouterCore;
import io.telemetryrouter.internal.dispatch.Inliner;
import io.telemetryrouter.internal.dispatch.RetiredRoutes;
import io.telemetryrouter.internal.dispatch.Route;
import io.telemetryrouter.internal.dispatch.RouteTable;

/**
 * The registered handlers, and the routes compiled from them.
 * <p>
 * Emitters look a route up without a lock. Where there is none it is compiled under the
 * read lock; registering and removing take the write lock and throw away the routes they
 * touch. So a route in the table always shows all changes that have returned, and one
 * that was looked up before stays what it was. No user code runs under either lock.
 *
 * @since 0.1.0
 */
public final class HandlerRegistry {

	private final RouterCore core;

	private final Announcements announcements;

	private final TrackedEvents tallies;

	private final RetiredHandlers departures = new RetiredHandlers();

	private final CallSites callSites;

	private final RouteTable routes = new RouteTable();

	private final RetiredRoutes retired = new RetiredRoutes();

	private final Inliner inliner;

	private final ConcurrentHashMap<String, Handler> handlers = new ConcurrentHashMap<>();

	private final ReadWriteLock lock = new ReentrantReadWriteLock();

	/** Guarded by the lock. */
	private final Map<String, Set<Handler>> exact = new HashMap<>();

	/** Guarded by the lock. */
	private final Set<Handler> patterns = new LinkedHashSet<>();

	public HandlerRegistry(RouterCore core) {
		this.core = core;
		this.announcements = new Announcements(core);
		this.tallies = new TrackedEvents(core, this.announcements);
		this.callSites = new CallSites(core);
		this.inliner = new Inliner(core.reporter());
	}

	/**
	 * Looks a compiled route up.
	 * @param event the event's name
	 * @return the route, or {@code null} if there is none yet
	 */
	public @Nullable Route find(String event) {
		return this.routes.find(event);
	}

	/**
	 * Returns the route of a name, compiling and keeping it if need be.
	 * @param event the event's name
	 * @return the route; one that is not kept if the name is not tracked
	 */
	public Route route(String event) {
		Route known = this.routes.find(event);
		if (known != null) {
			return known;
		}
		while (true) {
			EventStatistics tally = this.tallies.track(event);
			this.lock.readLock().lock();
			try {
				if (this.tallies.isCurrent(tally)) {
					return compileAndKeep(event, tally);
				}
				// The name was forgotten meanwhile, and nobody would see the counts.
			}
			finally {
				this.lock.readLock().unlock();
			}
		}
	}

	private Route compileAndKeep(String event, EventStatistics tally) {
		if (this.tallies.isOther(tally)) {
			return passingRoute(event, tally);
		}
		Route route = compile(event, tally);
		Route raced = this.routes.putIfAbsent(route);
		if (raced != null) {
			return raced;
		}
		for (Handler handler : route.handlers) {
			handler.routes.add(route);
		}
		return route;
	}

	/**
	 * Compiles a route that is not kept and credits what it counts at once.
	 * @param event the event's name
	 * @return the route
	 */
	public Route passingRoute(String event) {
		EventStatistics tally = this.tallies.track(event);
		this.lock.readLock().lock();
		try {
			return passingRoute(event, tally);
		}
		finally {
			this.lock.readLock().unlock();
		}
	}

	private Route passingRoute(String event, EventStatistics tally) {
		Route route = compile(event, tally);
		route.passes.retire();
		return route;
	}

	private Route compile(String event, EventStatistics tally) {
		List<Candidate> candidates = new ArrayList<>();
		Set<Handler> named = this.exact.getOrDefault(event, Set.of());
		for (Handler handler : named) {
			candidates.add(new Candidate(handler, 0));
		}
		for (Handler handler : this.patterns) {
			if (!named.contains(handler) && matches(handler, event)) {
				candidates.add(new Candidate(handler, handler.rank(event)));
			}
		}
		Collections.sort(candidates);
		Handler[] handlers = candidates.stream().map(Candidate::handler).toArray(Handler[]::new);
		return new Route(event, tally, handlers, this.core);
	}

	private static boolean matches(Handler handler, String event) {
		for (EventPattern pattern : handler.patterns) {
			if (!pattern.isExact() && pattern.matches(event)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Registers a handler.
	 * @param handler the handler
	 * @return {@code false} if its id is taken
	 */
	public boolean add(Handler handler) {
		sweep();
		boolean added;
		this.lock.writeLock().lock();
		try {
			added = addUnderLock(handler);
		}
		finally {
			this.lock.writeLock().unlock();
		}
		if (added && !handler.internal) {
			this.callSites.check(handler.source);
			this.announcements.make();
		}
		return added;
	}

	private boolean addUnderLock(Handler handler) {
		if (this.handlers.putIfAbsent(handler.id, handler) != null) {
			return false;
		}
		for (EventPattern pattern : handler.patterns) {
			if (pattern.isExact()) {
				this.exact.computeIfAbsent(pattern.toString(), (name) -> new LinkedHashSet<>()).add(handler);
				forget(this.routes.find(pattern.toString()));
			}
			else {
				this.patterns.add(handler);
				forgetMatching(pattern);
			}
		}
		if (!handler.internal) {
			this.callSites.added(handler.source);
			this.tallies.named(handler);
		}
		if (handler.announced) {
			this.announcements.add((listener) -> listener.handlerAdded(handler.id));
		}
		return true;
	}

	private void forgetMatching(EventPattern pattern) {
		for (Route route : this.routes.all()) {
			if (pattern.matches(route.event)) {
				forget(route);
			}
		}
	}

	private void forget(@Nullable Route route) {
		if (route == null) {
			return;
		}
		// Added first, so that whoever reads finds it here or there.
		this.retired.add(route);
		this.routes.remove(route);
		for (Handler handler : route.handlers) {
			handler.routes.remove(route);
		}
	}

	/**
	 * Removes a handler, if it is registered.
	 * @param handler the handler
	 * @return whether it was
	 */
	boolean remove(Handler handler) {
		boolean removed;
		this.lock.writeLock().lock();
		try {
			removed = removeUnderLock(handler);
		}
		finally {
			this.lock.writeLock().unlock();
		}
		if (removed && !handler.internal) {
			this.announcements.make();
		}
		return removed;
	}

	private boolean removeUnderLock(Handler handler) {
		if (!this.handlers.remove(handler.id, handler)) {
			return false;
		}
		this.patterns.remove(handler);
		handler.routes.forEach(this::forget);
		this.departures.add(handler);
		if (!handler.internal) {
			this.callSites.removed(handler.source);
		}
		if (handler.announced) {
			this.announcements.add((listener) -> listener.handlerRemoved(handler.id));
		}
		for (EventPattern pattern : handler.patterns) {
			unname(handler, pattern.toString());
		}
		return true;
	}

	private void unname(Handler handler, String event) {
		Set<Handler> named = this.exact.get(event);
		if (named != null && named.remove(handler) && named.isEmpty()) {
			this.exact.remove(event);
			this.tallies.unnamed(event);
		}
	}

	public void addListener(RouterListener listener) {
		this.lock.writeLock().lock();
		try {
			this.tallies.addListener(listener, handlers());
		}
		finally {
			this.lock.writeLock().unlock();
		}
		this.announcements.make();
	}

	public void removeListener(RouterListener listener) {
		this.tallies.removeListener(listener);
	}

	/**
	 * Lets handlers go whose owners were collected, and closes the books of those that
	 * have gone.
	 */
	public void sweep() {
		for (var owner = this.core.collectedOwners().poll(); owner != null; owner = this.core.collectedOwners()
			.poll()) {
			((Handler.OwnerReference) owner).registration.close();
		}
		this.departures.sweep(this.core.frames());
	}

	/**
	 * Returns a handler that is not the router's own.
	 * @param id its id
	 * @return the handler, or {@code null} if no such handler is registered
	 */
	public @Nullable Handler named(String id) {
		Handler handler = this.handlers.get(id);
		return (handler != null && !handler.internal) ? handler : null;
	}

	/**
	 * Returns the registered handlers.
	 * @return the handlers in order of registration
	 */
	public List<Handler> handlers() {
		List<Handler> all = new ArrayList<>(this.handlers.values());
		all.sort(Comparator.comparingLong((handler) -> handler.number));
		return all;
	}

	/**
	 * Returns the registered handlers, and those that have left with events on their way.
	 * @return the handlers
	 */
	public List<Handler> allHandlers() {
		List<Handler> all = handlers();
		all.addAll(this.departures.pending());
		return all;
	}

	/**
	 * Returns the lanes with events that are still to be handled, those of once handlers
	 * that have left included.
	 * @return the lanes by handler
	 */
	public List<Handler> laneHandlers() {
		List<Handler> all = allHandlers();
		all.removeIf((handler) -> handler.lane() == null);
		return all;
	}

	private Route look(EventStatistics event) {
		this.lock.readLock().lock();
		try {
			return compile(event.name, event);
		}
		finally {
			this.lock.readLock().unlock();
		}
	}

	/**
	 * Returns the ids of the handlers that match a name.
	 * @param event the event's name
	 * @return the ids in the order of the route
	 */
	public List<String> handlerIds(EventStatistics event) {
		Route known = this.routes.find(event.name);
		Route route = (known != null) ? known : look(event);
		List<String> ids = new ArrayList<>(route.handlers.length);
		for (Handler handler : route.handlers) {
			if (!handler.internal) {
				ids.add(handler.id);
			}
		}
		return ids;
	}

	/**
	 * Credits everything counted so far.
	 */
	public void settle() {
		this.routes.all().forEach(Route::settle);
		this.retired.settle();
	}

	/**
	 * Does what need not be done by those who emit or register: has routes that have come
	 * into steady use inlined, and lets go of routes and handlers that are gone for good.
	 * For one thread.
	 */
	public void maintain() {
		this.inliner.look(this.routes.all());
		this.retired.release();
		this.departures.sweep(this.core.frames());
	}

	public RetiredRoutes retired() {
		return this.retired;
	}

	public TrackedEvents tallies() {
		return this.tallies;
	}

	public RetiredHandlers departures() {
		return this.departures;
	}

	/**
	 * A handler of a route with its place: by priority, then how closely it names the
	 * event, then the order of registration.
	 */
	public record Candidate(Handler handler, int rank) implements Comparable<Candidate> {

		@Override
		public int compareTo(Candidate other) {
			int order = Integer.compare(this.handler.priority, other.handler.priority);
			if (order == 0) {
				order = Integer.compare(this.rank, other.rank);
			}
			return (order != 0) ? order : Long.compare(this.handler.number, other.handler.number);
		}

	}

}
