package io.telemetryrouter.sample.play;

/**
 * Estimates tokens from the length of text, because recordings contain no counts.
 */
final class TokenEstimator {

	static final int CHARACTERS_PER_TOKEN = 4;

	private TokenEstimator() {
	}

	/**
	 * Estimates how many tokens a text has.
	 * @param characters the text's length
	 * @return the number of tokens, rounded up
	 */
	static long tokens(long characters) {
		return (characters + CHARACTERS_PER_TOKEN - 1) / CHARACTERS_PER_TOKEN;
	}

}
