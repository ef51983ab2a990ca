package io.telemetryrouter;

/**
 * Thrown by an emit whose payload a {@link PayloadCheck} rejects.
 *
 * @since 0.1.0
 */
public final class PayloadViolationException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates an exception.
	 * @param message the description of the violation, without any part of the payload
	 */
	public PayloadViolationException(String message) {
		super(message);
	}

}
