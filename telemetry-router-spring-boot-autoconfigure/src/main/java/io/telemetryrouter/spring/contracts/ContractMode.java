package io.telemetryrouter.spring.contracts;

/**
 * The reaction to a payload that violates the contract of its event.
 *
 * @since 0.1.0
 */
public enum ContractMode {

	/**
	 * No reaction: neither payloads nor listeners are checked.
	 */
	OFF,

	/**
	 * The violation is counted and logged at most once a minute for each event. The event
	 * is routed to the handlers that accept its payload.
	 */
	WARN,

	/**
	 * {@code emit} throws an exception and the event is not routed. For tests and
	 * development.
	 */
	ENFORCE

}
