package io.telemetryrouter.internal.dispatch;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Routes that are out of use, but that an emitter may have looked up before and not yet
 * gone by. So that emitters on a busy route need no fence to find that out, what they
 * count is read on until nobody can have the route any more: that is when the collector
 * says so. Thread-safe.
 *
 * @since 0.1.0
 */
public final class RetiredRoutes {

	private final Set<Entry> entries = ConcurrentHashMap.newKeySet();

	private final ReferenceQueue<Route> unreachable = new ReferenceQueue<>();

	/**
	 * Retires a route.
	 * @param route the route
	 */
	public void add(Route route) {
		release();
		if (route.passes.retire()) {
			this.entries.add(new Entry(route, this.unreachable));
		}
	}

	/**
	 * Credits what emitters have counted that were late.
	 */
	public void settle() {
		release();
		for (Entry entry : this.entries) {
			entry.passes.settle();
		}
	}

	/**
	 * Lets go of the routes that nobody can have any more.
	 */
	public void release() {
		for (var gone = this.unreachable.poll(); gone != null; gone = this.unreachable.poll()) {
			Entry entry = (Entry) gone;
			// Removed last, so that others who read meanwhile find it.
			entry.passes.settle();
			this.entries.remove(entry);
		}
	}

	boolean isEmpty() {
		return this.entries.isEmpty();
	}

	private static final class Entry extends WeakReference<Route> {

		private final DispatchCount passes;

		Entry(Route route, ReferenceQueue<Route> queue) {
			super(route, queue);
			this.passes = route.passes;
		}

	}

}
