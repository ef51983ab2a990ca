package io.telemetryrouter.sample.agent;

/**
 * Token counts of one or several responses.
 *
 * @param prompt the tokens of the prompts
 * @param completion the tokens of the responses
 * @param estimated whether the numbers are estimates
 * @since 0.1.0
 */
public record TokenUsage(long prompt, long completion, boolean estimated) {

	/**
	 * No tokens.
	 */
	public static final TokenUsage NONE = new TokenUsage(0, 0, false);

	/**
	 * Returns the sum of this and another usage.
	 * @param other the other usage
	 * @return the sum, an estimate if one of them is
	 */
	public TokenUsage plus(TokenUsage other) {
		return new TokenUsage(this.prompt + other.prompt, this.completion + other.completion,
				this.estimated || other.estimated);
	}

}
