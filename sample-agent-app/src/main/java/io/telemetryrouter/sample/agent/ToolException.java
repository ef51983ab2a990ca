package io.telemetryrouter.sample.agent;

/**
 * Thrown when a tool returns an error, or may not be called. The message is passed to the
 * model.
 *
 * @since 0.1.0
 */
public final class ToolException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final ToolStatus status;

	/**
	 * Creates an exception.
	 * @param status the outcome of the call
	 * @param message the message for the model
	 */
	public ToolException(ToolStatus status, String message) {
		super(message);
		this.status = status;
	}

	/**
	 * Returns the outcome of the call.
	 * @return the status
	 */
	public ToolStatus status() {
		return this.status;
	}

}
