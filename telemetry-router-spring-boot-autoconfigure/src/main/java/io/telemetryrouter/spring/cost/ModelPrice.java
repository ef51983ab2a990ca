package io.telemetryrouter.spring.cost;

import java.math.BigDecimal;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.agent.Tokens;

/**
 * The prices of a model, each for a million tokens.
 *
 * @param model the model's name; each {@code *} matches any text
 * @param input the price of input
 * @param output the price of output
 * @param cachedInput the price of input from the provider's cache; {@code null} for the
 * price of input
 * @param cacheWrite the price of input that is written to the provider's cache;
 * {@code null} for the price of input
 * @since 0.1.0
 */
public record ModelPrice(String model, BigDecimal input, BigDecimal output, @Nullable BigDecimal cachedInput,
		@Nullable BigDecimal cacheWrite) {

	/**
	 * Checks the prices.
	 * @throws IllegalArgumentException if the model is blank or a price is negative
	 */
	public ModelPrice {
		if (model.isBlank()) {
			throw new IllegalArgumentException("'model' must not be blank");
		}
		if (isNegative(input) || isNegative(output) || isNegative(cachedInput) || isNegative(cacheWrite)) {
			throw new IllegalArgumentException("Prices of model '" + model + "' must not be negative");
		}
	}

	/**
	 * Returns the cost of tokens, without rounding.
	 * @param tokens the tokens
	 * @return the cost
	 */
	public BigDecimal costOf(Tokens tokens) {
		long read = count(tokens.cacheRead(), tokens.input());
		long written = count(tokens.cacheWrite(), tokens.input() - read);
		return cost(tokens.input() - read - written, this.input)
			.add(cost(read, (this.cachedInput != null) ? this.cachedInput : this.input))
			.add(cost(written, (this.cacheWrite != null) ? this.cacheWrite : this.input))
			.add(cost(tokens.output(), this.output))
			.movePointLeft(6);
	}

	private static boolean isNegative(@Nullable BigDecimal price) {
		return price != null && price.signum() < 0;
	}

	private static long count(@Nullable Long tokens, long most) {
		return (tokens != null) ? Math.min(tokens, most) : 0;
	}

	private static BigDecimal cost(long tokens, BigDecimal price) {
		return price.multiply(BigDecimal.valueOf(tokens));
	}

}
