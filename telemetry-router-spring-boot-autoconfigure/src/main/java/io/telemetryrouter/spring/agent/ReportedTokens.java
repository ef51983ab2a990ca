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
	 * Checks counts whose input includes cached tokens. If only one of input and output
	 * is reported, the other counts as zero. If both are zero, they count as not
	 * reported: every call uses tokens. Providers such as Google exclude reasoning from
	 * output, but not from the total: what the total has beyond input and output is
	 * output, and reasoning.
	 * @param input input tokens
	 * @param output output tokens
	 * @param total all tokens
	 * @param cacheRead input tokens read from the cache
	 * @param cacheWrite input tokens written to the cache
	 * @param reasoning output tokens used for reasoning
	 * @return the tokens, or the problem
	 */
	public static ReportedTokens of(@Nullable Number input, @Nullable Number output, @Nullable Number total,
			@Nullable Number cacheRead, @Nullable Number cacheWrite, @Nullable Number reasoning) {
		long in = orZero(input);
		long out = orZero(output);
		if (in == 0 && out == 0) {
			return NONE;
		}
		long hidden = (in < 0 || out < 0) ? 0 : Math.max(0, orZero(total) - in - out);
		return checked(in, out + hidden, cacheRead, cacheWrite,
				(reasoning == null && hidden != 0) ? Long.valueOf(hidden) : reasoning);
	}

	/**
	 * Checks counts whose input excludes cached tokens, as Anthropic and Amazon Bedrock
	 * report them.
	 * @param uncached input tokens that were neither read from the cache nor written to
	 * it
	 * @param output output tokens
	 * @param cacheRead input tokens read from the cache
	 * @param cacheWrite input tokens written to the cache
	 * @return the tokens, or the problem
	 */
	public static ReportedTokens ofUncached(@Nullable Number uncached, @Nullable Number output,
			@Nullable Number cacheRead, @Nullable Number cacheWrite) {
		long in = orZero(uncached) + orZero(cacheRead) + orZero(cacheWrite);
		long out = orZero(output);
		return (in == 0 && out == 0) ? NONE : checked(in, out, cacheRead, cacheWrite, null);
	}

	private static ReportedTokens checked(long in, long out, @Nullable Number cacheRead, @Nullable Number cacheWrite,
			@Nullable Number reasoning) {
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
