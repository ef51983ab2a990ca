package io.telemetryrouter.spring.contracts;

/**
 * Thrown at start-up when contracts contradict each other.
 *
 * @since 0.1.0
 */
public final class ContractDefinitionException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String reason;

	private final String action;

	ContractDefinitionException(String reason, String action) {
		super(reason + " " + action);
		this.reason = reason;
		this.action = action;
	}

	/**
	 * Returns what is wrong.
	 * @return a sentence
	 */
	public String getReason() {
		return this.reason;
	}

	/**
	 * Returns what to do about it.
	 * @return a sentence
	 */
	public String getAction() {
		return this.action;
	}

}
