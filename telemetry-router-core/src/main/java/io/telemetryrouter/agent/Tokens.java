package io.telemetryrouter.agent;

import org.jspecify.annotations.Nullable;

/**
 * Token counts of one model call, or a sum of them.
 *
 * @param input tokens of the prompt, cached ones included
 * ({@code gen_ai.usage.input_tokens})
 * @param output tokens of the answer, reasoning included
 * ({@code gen_ai.usage.output_tokens})
 * @param cacheRead input tokens that were read from the provider's cache
 * ({@code gen_ai.usage.cache_read.input_tokens})
 * @param cacheWrite input tokens that were written to the provider's cache
 * ({@code gen_ai.usage.cache_creation.input_tokens})
 * @param reasoning output tokens that are reasoning
 * ({@code gen_ai.usage.reasoning.output_tokens})
 * @since 0.1.0
 */
public record Tokens(long input, long output, @Nullable Long cacheRead, @Nullable Long cacheWrite,
		@Nullable Long reasoning) {

	/** No tokens. */
	public static final Tokens NONE = new Tokens(0, 0);

	/**
	 * Checks the numbers.
	 * @throws IllegalArgumentException if one of them is negative
	 */
	public Tokens {
		if (input < 0 || output < 0 || isNegative(cacheRead) || isNegative(cacheWrite) || isNegative(reasoning)) {
			throw new IllegalArgumentException("Numbers of tokens must not be negative");
		}
	}

	/**
	 * Creates token counts without details.
	 * @param input tokens of the prompt
	 * @param output tokens of the answer
	 * @throws IllegalArgumentException if one of them is negative
	 */
	public Tokens(long input, long output) {
		this(input, output, null, null, null);
	}

	/**
	 * Returns the number of input and output tokens.
	 * @return the sum
	 */
	public long total() {
		return this.input + this.output;
	}

	/**
	 * Returns the sum of these tokens and others. A detail that only one of them has
	 * counts as zero in the other.
	 * @param other the other ones
	 * @return the sum
	 */
	public Tokens plus(Tokens other) {
		return new Tokens(this.input + other.input, this.output + other.output, sum(this.cacheRead, other.cacheRead),
				sum(this.cacheWrite, other.cacheWrite), sum(this.reasoning, other.reasoning));
	}

	private static long orZero(@Nullable Long number) {
		return (number != null) ? number : 0;
	}

	private static boolean isNegative(@Nullable Long number) {
		return number != null && number < 0;
	}

	private static @Nullable Long sum(@Nullable Long one, @Nullable Long other) {
		return (one == null && other == null) ? null : Long.valueOf(orZero(one) + orZero(other));
	}

}
