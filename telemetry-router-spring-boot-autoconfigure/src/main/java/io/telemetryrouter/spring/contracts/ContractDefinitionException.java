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
	 * Returns the reason.
	 * @return a sentence
	 */
	public String getReason() {
		return this.reason;
	}

	/**
	 * Returns the action that corrects the problem.
	 * @return a sentence
	 */
	public String getAction() {
		return this.action;
	}

}
