package io.telemetryrouter.internal.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.metrics.Counters;

/**
 * The books of handlers that have left: open ones while events are queued or running,
 * then one sum.
 *
 * @since 0.1.0
 */
public final class RetiredHandlers {

	private final ConcurrentLinkedQueue<Handler> open = new ConcurrentLinkedQueue<>();

	private final Counters closed = new Counters();

	/** Of handlers whose calls nobody counts: what is left of the offered is handled. */
	private final Counters derived = new Counters();

	void add(Handler handler) {
		this.open.add(handler);
	}

	/**
	 * Closes the books that balance with nothing on its way.
	 * @param frames who runs what
	 */
	synchronized void sweep(DispatchStacks frames) {
		this.open.removeIf((handler) -> {
			HandlerAccount account = Accounts.of(handler, frames);
			boolean done = account.isBalanced() && account.queued() == 0 && account.running() == 0;
			if (done) {
				handler.retireInto(handler.isDerived() ? this.derived : this.closed);
			}
			return done;
		});
	}

	/**
	 * Returns the handlers that have left with events on their way.
	 * @return the handlers
	 */
	List<Handler> pending() {
		return new ArrayList<>(this.open);
	}

	/**
	 * Returns what became of all events of handlers that have left.
	 * @param frames who runs what
	 * @return the sum
	 */
	public synchronized HandlerAccount total(DispatchStacks frames) {
		HandlerAccount total = Accounts.of(this.closed).plus(Accounts.derived(this.derived));
		for (Handler handler : this.open) {
			total = total.plus(Accounts.of(handler, frames));
		}
		return total;
	}

}
