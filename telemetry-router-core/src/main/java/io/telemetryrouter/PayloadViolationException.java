package io.telemetryrouter;

/**
 * Thrown at an emitter whose payload a {@link PayloadCheck} refuses.
 *
 * @since 0.1.0
 */
public final class PayloadViolationException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates an exception.
	 * @param message what is wrong, without anything of the payload
	 */
	public PayloadViolationException(String message) {
		super(message);
	}

}
