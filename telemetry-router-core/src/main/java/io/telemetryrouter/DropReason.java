package io.telemetryrouter;

import java.util.Locale;

/**
 * The reason why an event that was offered to a handler was dropped.
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
	 * The event was still queued when the shutdown timeout expired.
	 */
	SHUTDOWN_TIMEOUT,

	/**
	 * The handler was unsubscribed, or a once handler had already received its event.
	 */
	UNSUBSCRIBED,

	/**
	 * A nested emit exceeded the depth limit or the budget of nested emits.
	 */
	RECURSION,

	/**
	 * The handler was quarantined after repeated failures.
	 */
	QUARANTINED,

	/**
	 * The synchronous handler was paused.
	 */
	PAUSED,

	/**
	 * The handler's condition threw an exception.
	 */
	CONDITION_FAILED,

	/**
	 * The router had not started, and the limit of held events was reached.
	 */
	NOT_STARTED,

	/**
	 * The event was left to the recorder, and the recorder did not have it or could not
	 * return its payload: see {@link OverflowPolicy#SPILL}.
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
