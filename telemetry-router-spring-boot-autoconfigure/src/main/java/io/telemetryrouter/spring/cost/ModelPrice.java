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
 * @since 0.1.0
 */
public record ModelPrice(String model, BigDecimal input, BigDecimal output, @Nullable BigDecimal cachedInput) {

	/**
	 * Checks the prices.
	 * @throws IllegalArgumentException if the model is blank or a price is negative
	 */
	public ModelPrice {
		if (model.isBlank()) {
			throw new IllegalArgumentException("'model' must not be blank");
		}
		if (input.signum() < 0 || output.signum() < 0 || (cachedInput != null && cachedInput.signum() < 0)) {
			throw new IllegalArgumentException("Prices of model '" + model + "' must not be negative");
		}
	}

	/**
	 * Returns the cost of tokens, without rounding.
	 * @param tokens the tokens
	 * @return the cost
	 */
	public BigDecimal costOf(Tokens tokens) {
		long cached = (tokens.cacheRead() != null) ? Math.min(tokens.cacheRead(), tokens.input()) : 0;
		BigDecimal cachedPrice = (this.cachedInput != null) ? this.cachedInput : this.input;
		return this.input.multiply(BigDecimal.valueOf(tokens.input() - cached))
			.add(cachedPrice.multiply(BigDecimal.valueOf(cached)))
			.add(this.output.multiply(BigDecimal.valueOf(tokens.output())))
			.movePointLeft(6);
	}

}
