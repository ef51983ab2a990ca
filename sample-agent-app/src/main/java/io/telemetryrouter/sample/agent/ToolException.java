package io.telemetryrouter.sample.agent;

/**
 * Thrown when a tool answers with an error, or may not be called. The message is what the
 * model gets to read.
 *
 * @since 0.1.0
 */
public final class ToolException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final ToolStatus status;

	/**
	 * Creates an exception.
	 * @param status what became of the call
	 * @param message what the model gets to read
	 */
	public ToolException(ToolStatus status, String message) {
		super(message);
		this.status = status;
	}

	/**
	 * Returns what became of the call.
	 * @return the status
	 */
	public ToolStatus status() {
		return this.status;
	}

}
