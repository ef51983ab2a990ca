package io.telemetryrouter.spring.contracts;

/**
 * What happens when a payload breaks the contract of its event.
 *
 * @since 0.1.0
 */
public enum ContractMode {

	/**
	 * Nothing: neither payloads nor listeners are checked.
	 */
	OFF,

	/**
	 * It is counted, reported at most once a minute for each event, and routed to the
	 * handlers that it fits.
	 */
	WARN,

	/**
	 * The emitter gets an exception and the event is not routed: for tests and
	 * development.
	 */
	ENFORCE

}
