package io.telemetryrouter.internal.registry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.internal.metrics.Counters;

/**
 * The handlers that contribute to the accounts, each with its state. A handler has one
 * entry from its registration until its last event is counted. So a scan of the table,
 * without a lock, finds every handler that is in it throughout. The accounts of retired
 * handlers are one sum.
 * <p>
 * A handler is retired, under the lock, with an account that balances with no event in
 * flight. An emitter counts an event as offered before it looks whether the handler has
 * left, so each call that is made is in that account. An event that reaches the handler
 * later is counted nowhere: it was emitted after the handler had gone.
 */
public final class HandlerTable {

	/** The handlers by number, which is the order of registration. */
	private final ConcurrentSkipListMap<Long, Handler> handlers = new ConcurrentSkipListMap<>();

	/** The active handlers by id. */
	private final ConcurrentHashMap<String, Handler> byId = new ConcurrentHashMap<>();

	/** The number of leaving handlers. Writes are guarded by this. */
	volatile int leaving;

	/** The sum of the accounts of retired handlers. Guarded by this. */
	private HandlerAccount retired = HandlerAccount.EMPTY;

	/**
	 * The counts of retired handlers whose handled calls are derived, not counted. Their
	 * accounts balance even with an event in flight, so late counts are added.
	 */
	private final Counters retiredDerived = new Counters();

	/** Adds a handler, or returns {@code false} if its id is taken. */
	boolean add(Handler handler) {
		if (this.byId.putIfAbsent(handler.options.id, handler) != null) {
			return false;
		}
		this.handlers.put(handler.options.number, handler);
		return true;
	}

	/**
	 * Changes an active handler to leaving. Returns {@code false} if it was not active.
	 */
	synchronized boolean leave(Handler handler) {
		if (!this.byId.remove(handler.options.id, handler)) {
			return false;
		}
		this.leaving++;
		handler.state = State.LEAVING;
		return true;
	}

	/**
	 * Retires each leaving handler whose account balances with no event in flight, and
	 * returns these.
	 */
	synchronized List<Handler> retireAll() {
		List<Handler> retired = new ArrayList<>();
		if (this.leaving != 0) {
			for (Handler handler : this.handlers.values()) {
				if (retire(handler)) {
					retired.add(handler);
				}
			}
		}
		return retired;
	}

	/**
	 * Retires a leaving handler if its account balances with no event in flight. Returns
	 * whether it did.
	 */
	synchronized boolean retire(Handler handler) {
		if (handler.state != State.LEAVING) {
			return false;
		}
		HandlerAccount account = handler.account();
		if (!account.isBalanced() || account.queued() != 0 || account.running() != 0) {
			return false;
		}
		// Before the counts move: a reader that finds them moved finds this account.
		handler.metrics.last = account;
		if (handler.metrics.derived) {
			handler.metrics.counters.moveTo(this.retiredDerived);
		}
		else {
			this.retired = this.retired.plus(account);
		}
		handler.metrics.release();
		handler.state = State.GONE;
		this.handlers.remove(handler.options.number);
		this.leaving--;
		return true;
	}

	public @Nullable Handler get(String id) {
		return this.byId.get(id);
	}

	/** Returns the active or leaving handler with a number, or {@code null}. */
	public @Nullable Handler get(long number) {
		return this.handlers.get(number);
	}

	/** Applies an action to all handlers, active or leaving, in order of registration. */
	public void forEach(Consumer<Handler> action) {
		this.handlers.values().forEach(action);
	}

	public List<Handler> active() {
		List<Handler> active = new ArrayList<>();
		for (Handler handler : this.handlers.values()) {
			if (handler.state == State.ACTIVE) {
				active.add(handler);
			}
		}
		return active;
	}

	/**
	 * Returns the accounts of the active handlers, and the sum of the accounts of all
	 * leaving and retired ones. Each handler is in exactly one of the two: the lock
	 * separates the sum from the handlers that are not in it yet. Their accounts are read
	 * without it, also those of handlers that are retired meanwhile.
	 */
	public Accounts accounts() {
		List<Handler> present;
		HandlerAccount retired;
		synchronized (this) {
			present = new ArrayList<>(this.handlers.values());
			retired = this.retired.plus(derived(this.retiredDerived));
		}
		Map<Handler, HandlerAccount> active = new LinkedHashMap<>();
		for (Handler handler : present) {
			if (handler.state == State.ACTIVE) {
				active.put(handler, handler.account());
			}
			else {
				retired = retired.plus(handler.account());
			}
		}
		return new Accounts(active, retired);
	}

	enum State {

		/** Takes events. */
		ACTIVE,

		/** Takes no new events; some may be queued or running. */
		LEAVING,

		/** All events are counted, in the sum of retired handlers. */
		GONE

	}

	/** The accounts of the active handlers, and the sum of those of all others. */
	public record Accounts(Map<Handler, HandlerAccount> active, HandlerAccount retired) {
	}

	private static HandlerAccount derived(Counters counters) {
		HandlerAccount open = new HandlerAccount(counters.get(Counters.OFFERED), 0, counters.get(Counters.FAILED),
				counters.get(Counters.FILTERED), counters.dropped(), 0, 0);
		long handled = Math.max(0, open.offered() - open.failed() - open.filtered() - open.droppedTotal());
		return new HandlerAccount(open.offered(), handled, open.failed(), open.filtered(), open.dropped(), 0, 0);
	}

}
