package io.telemetryrouter.spring.agent;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.agent.Tokens;

/**
 * Token counts as reported by a provider, which may be missing or implausible. If one
 * count is implausible, none is used, so that no total becomes wrong.
 *
 * @param tokens the tokens, or {@code null} if there is a problem
 * @param problem the problem with its numbers, or {@code null} if there is none
 * @since 0.1.0
 */
public record ReportedTokens(@Nullable Tokens tokens, @Nullable String problem) {

	/** Far above the context size of any model: a higher count is a provider's error. */
	private static final long LIMIT = 100_000_000;

	private static final ReportedTokens NONE = new ReportedTokens(null, "not reported");

	/**
	 * Returns the result for counts that were not reported.
	 * @return an instance without tokens and with a problem
	 */
	public static ReportedTokens none() {
		return NONE;
	}

	/**
	 * Checks reported counts. If only one of input and output is reported, the other
	 * counts as zero. If both are zero, they count as not reported: every call uses
	 * tokens.
	 * @param input input tokens
	 * @param output output tokens
	 * @param cacheRead input tokens read from the cache
	 * @param cacheWrite input tokens written to the cache
	 * @param reasoning output tokens used for reasoning
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
