package io.telemetryrouter.agent;

/**
 * Text that may be confidential: a prompt, an answer, a tool's arguments or result, or
 * the message of an error that may quote one of these. It prints as its length, so that
 * an event can be logged. A serializer that reads the component, such as a JSON mapper,
 * does write the text.
 *
 * @param text the text
 * @since 0.1.0
 */
public record Content(String text) {

	/**
	 * Returns the length only.
	 */
	@Override
	public String toString() {
		return "Content[length=" + this.text.length() + "]";
	}

}
