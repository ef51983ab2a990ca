package io.telemetryrouter;

import java.util.Locale;

/**
 * Why a handler was not given an event that was offered to it.
 *
 * @since 0.1.0
 */
public enum DropReason {

	/**
	 * The handler's queue was full.
	 */
	QUEUE_FULL,

	/**
	 * The payload was not of the handler's type.
	 */
	TYPE_MISMATCH,

	/**
	 * The router was closed.
	 */
	CLOSED,

	/**
	 * The event was still queued when the time for shutting down was up.
	 */
	SHUTDOWN_TIMEOUT,

	/**
	 * The handler was unsubscribed, or a once handler had had its event.
	 */
	UNSUBSCRIBED,

	/**
	 * Events that handlers emitted in turn exceeded the depth limit or the budget of
	 * nested emits.
	 */
	RECURSION,

	/**
	 * The handler was quarantined after repeated failures.
	 */
	QUARANTINED,

	/**
	 * The handler, a synchronous one, was paused.
	 */
	PAUSED,

	/**
	 * The handler's condition could not be decided: it threw.
	 */
	CONDITION_FAILED,

	/**
	 * The router had not started, and held as many events as it may.
	 */
	NOT_STARTED,

	/**
	 * The handler had fallen behind, and the recorder did not have the event, or not its
	 * payload: see {@link OverflowPolicy#SPILL}.
	 */
	NOT_JOURNALLED;

	private final String label = name().toLowerCase(Locale.ROOT);

	/**
	 * {@return the reason as metrics and the endpoint show it, such as
	 * {@code queue_full}}
	 */
	public String label() {
		return this.label;
	}

}
