package io.telemetryrouter.spring.agent;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.agent.Tokens;

/**
 * Numbers of tokens as a provider reports them, which may be missing or absurd. What is
 * not plausible is not used at all, so that no sum is wrong, and named instead.
 *
 * @param tokens the tokens, or {@code null} if there is a problem
 * @param problem what is wrong, in words and numbers, or {@code null} if nothing is
 * @since 0.1.0
 */
public record ReportedTokens(@Nullable Tokens tokens, @Nullable String problem) {

	/** Far above any model's context: more in one call is a mistake of who counted. */
	private static final long LIMIT = 100_000_000;

	private static final ReportedTokens NONE = new ReportedTokens(null, "not reported");

	/**
	 * Returns what stands for numbers that were not reported.
	 * @return no tokens, with a problem
	 */
	public static ReportedTokens none() {
		return NONE;
	}

	/**
	 * Checks numbers. An input or output that is missing counts as zero beside one that
	 * is there; both zero are not reported: no call takes nothing and gives nothing.
	 * @param input tokens of the prompt
	 * @param output tokens of the answer
	 * @param cacheRead those of the input that came from the cache
	 * @param cacheWrite those of the input that went to the cache
	 * @param reasoning those of the output that are reasoning
	 * @return the tokens, or the problem
	 */
	public static ReportedTokens of(@Nullable Number input, @Nullable Number output, @Nullable Number cacheRead,
			@Nullable Number cacheWrite, @Nullable Number reasoning) {
		long in = orZero(input);
		long out = orZero(output);
		if (in == 0 && out == 0) {
			return NONE;
		}
		if (isOutside(in, LIMIT) || isOutside(out, LIMIT)) {
			return new ReportedTokens(null, "input " + in + ", output " + out);
		}
		if (isOutside(orZero(cacheRead), in) || isOutside(orZero(cacheWrite), in)) {
			return new ReportedTokens(null, "input " + in + ", of that cached " + cacheRead + ", " + cacheWrite);
		}
		if (isOutside(orZero(reasoning), out)) {
			return new ReportedTokens(null, "output " + out + ", of that reasoning " + reasoning);
		}
		return new ReportedTokens(new Tokens(in, out, boxed(cacheRead), boxed(cacheWrite), boxed(reasoning)), null);
	}

	private static boolean isOutside(long number, long limit) {
		return number < 0 || number > limit;
	}

	private static long orZero(@Nullable Number number) {
		return (number != null) ? number.longValue() : 0;
	}

	private static @Nullable Long boxed(@Nullable Number number) {
		return (number != null) ? number.longValue() : null;
	}

}
