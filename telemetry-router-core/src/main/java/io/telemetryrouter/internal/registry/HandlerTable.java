package io.telemetryrouter.internal.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.internal.metrics.Counters;

/**
 * All handlers that have a part in the accounts, each with its state. There is one entry
 * for each from its registration until the last of its events is counted, so a thread
 * that goes through the table, without a lock, finds every handler that was there all the
 * time.
 * <p>
 * Handlers that have gone are one sum of counts.
 */
public final class HandlerTable {

	/** By number, which is the order of registration. */
	private final ConcurrentSkipListMap<Long, Handler> handlers = new ConcurrentSkipListMap<>();

	/** The active handlers. */
	private final ConcurrentHashMap<String, Handler> byId = new ConcurrentHashMap<>();

	private final AtomicInteger leaving = new AtomicInteger();

	private final Counters gone = new Counters();

	/**
	 * Of handlers whose calls are not counted: what is left of the offered is handled.
	 */
	private final Counters goneDerived = new Counters();

	/**
	 * Adds a handler.
	 * @param handler the handler
	 * @return {@code false} if its id is taken
	 */
	boolean add(Handler handler) {
		if (this.byId.putIfAbsent(handler.options.id, handler) != null) {
			return false;
		}
		this.handlers.put(handler.options.number, handler);
		return true;
	}

	/**
	 * Turns an active handler into a leaving one.
	 * @param handler the handler
	 * @return {@code false} if it was not active
	 */
	synchronized boolean leave(Handler handler) {
		if (!this.byId.remove(handler.options.id, handler)) {
			return false;
		}
		this.leaving.incrementAndGet();
		handler.state = HandlerState.LEAVING;
		return true;
	}

	int leaving() {
		return this.leaving.get();
	}

	/**
	 * Lets go of the leaving handlers whose accounts balance with nothing on its way.
	 */
	synchronized void retireAll() {
		if (this.leaving.get() != 0) {
			this.handlers.values().forEach(this::retire);
		}
	}

	/**
	 * Lets go of a leaving handler, if its account balances with nothing on its way.
	 * @param handler the handler
	 */
	synchronized void retire(Handler handler) {
		if (handler.state != HandlerState.LEAVING) {
			return;
		}
		HandlerAccount account = handler.account();
		if (account.isBalanced() && account.queued() == 0 && account.running() == 0) {
			handler.metrics.retireInto(handler.metrics.isDerived() ? this.goneDerived : this.gone, handler.lane());
			handler.state = HandlerState.GONE;
			this.handlers.remove(handler.options.number);
			this.leaving.decrementAndGet();
		}
	}

	/**
	 * Returns an active handler.
	 * @param id its id
	 * @return the handler, or {@code null} if there is none
	 */
	public @Nullable Handler get(String id) {
		return this.byId.get(id);
	}

	/**
	 * Returns a handler, active or leaving.
	 * @param number its number
	 * @return the handler, or {@code null} if it is of another router, or gone
	 */
	public @Nullable Handler get(long number) {
		return this.handlers.get(number);
	}

	/**
	 * Goes through all handlers, active or leaving, in order of registration.
	 * @param action is given each
	 */
	public void forEach(Consumer<Handler> action) {
		this.handlers.values().forEach(action);
	}

	/**
	 * Returns the active handlers.
	 * @return the handlers in order of registration
	 */
	public List<Handler> active() {
		List<Handler> active = new ArrayList<>();
		forEach((handler) -> {
			if (handler.state == HandlerState.ACTIVE) {
				active.add(handler);
			}
		});
		return active;
	}

	/**
	 * Returns the active handlers, and what became of all events of those that are
	 * leaving or gone. Every handler is in one of the two.
	 * @return both
	 */
	public synchronized Parts parts() {
		HandlerAccount departed = account(this.gone).plus(derived(account(this.goneDerived)));
		List<Handler> active = new ArrayList<>();
		for (Handler handler : this.handlers.values()) {
			if (handler.state == HandlerState.ACTIVE) {
				active.add(handler);
			}
			else {
				departed = departed.plus(handler.account());
			}
		}
		return new Parts(active, departed);
	}

	/**
	 * All handlers of a router.
	 *
	 * @param active the active handlers in order of registration
	 * @param departed the sum of the others' accounts
	 */
	public record Parts(List<Handler> active, HandlerAccount departed) {
	}

	private static HandlerAccount account(Counters counters) {
		return new HandlerAccount(counters.get(Counters.OFFERED), counters.get(Counters.HANDLED),
				counters.get(Counters.FAILED), counters.get(Counters.FILTERED), counters.dropped(), 0, 0);
	}

	private static HandlerAccount derived(HandlerAccount open) {
		return new HandlerAccount(open.offered(),
				Math.max(0, open.offered() - open.failed() - open.filtered() - open.droppedTotal()), open.failed(),
				open.filtered(), open.dropped(), 0, 0);
	}

}
