package io.telemetryrouter.spring.cost;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.agent.ModelCall;
import io.telemetryrouter.agent.Tokens;

/**
 * Prices by model. Of several matching patterns the most specific one applies, which is
 * the one whose names all the others match too. The model of the response is looked up
 * first, then the requested model. Thread-safe.
 *
 * @since 0.1.0
 */
public final class PriceTable implements CostCalculator {

	/** Maximum number of cached look-ups; further names are matched on each call. */
	private static final int CACHE = 1000;

	private final List<ModelPrice> prices;

	private final Map<String, Optional<ModelPrice>> cache = new ConcurrentHashMap<>();

	/**
	 * Creates the table.
	 * @param prices the prices
	 * @throws IllegalArgumentException if a model could match two patterns and neither is
	 * more specific
	 */
	public PriceTable(List<ModelPrice> prices) {
		this.prices = List.copyOf(prices);
		for (int i = 0; i < this.prices.size(); i++) {
			for (int j = 0; j < i; j++) {
				String one = this.prices.get(j).model();
				String other = this.prices.get(i).model();
				if (isAmbiguous(one, other)) {
					throw new IllegalArgumentException("Patterns '" + one + "' and '" + other
							+ "' can match the same model, and neither is more specific");
				}
			}
		}
	}

	/**
	 * Returns whether a model could match two patterns and neither is more specific.
	 * @param one a pattern
	 * @param other another pattern
	 * @return {@code true} if a table must not have both
	 */
	public static boolean isAmbiguous(String one, String other) {
		ModelPattern first = new ModelPattern(one);
		ModelPattern second = new ModelPattern(other);
		return first.overlaps(second) && first.covers(second) == second.covers(first);
	}

	@Override
	public @Nullable BigDecimal costOf(ModelCall.Completed call) {
		Tokens tokens = call.tokens();
		ModelPrice price = price(call.responseModel());
		if (price == null) {
			price = price(call.requestModel());
		}
		return (price != null && tokens != null) ? price.costOf(tokens) : null;
	}

	private @Nullable ModelPrice price(@Nullable String model) {
		if (model == null) {
			return null;
		}
		Optional<ModelPrice> known = this.cache.get(model);
		if (known == null) {
			known = Optional.ofNullable(find(model));
			if (this.cache.size() < CACHE) {
				this.cache.put(model, known);
			}
		}
		return known.orElse(null);
	}

	private @Nullable ModelPrice find(String model) {
		ModelPrice found = null;
		for (ModelPrice price : this.prices) {
			if (new ModelPattern(price.model()).matches(model)
					&& (found == null || new ModelPattern(found.model()).covers(new ModelPattern(price.model())))) {
				found = price;
			}
		}
		return found;
	}

}
