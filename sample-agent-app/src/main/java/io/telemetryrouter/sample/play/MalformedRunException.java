package io.telemetryrouter.sample.play;

/**
 * Thrown when a text is not a recorded run. The message names the place and the expected
 * content, and never quotes the text, which may be confidential.
 *
 * @since 0.1.0
 */
public class MalformedRunException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String problem;

	MalformedRunException(String problem) {
		super(problem);
		this.problem = problem;
	}

	/**
	 * Returns the problem and its place.
	 * @return the problem, without any of the text
	 */
	public String problem() {
		return this.problem;
	}

}
