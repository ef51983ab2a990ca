package io.telemetryrouter.spring.autoconfigure.cost;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

import io.telemetryrouter.spring.autoconfigure.cost.TelemetryRouterCostProperties.Limit;
import io.telemetryrouter.spring.autoconfigure.cost.TelemetryRouterCostProperties.Price;
import io.telemetryrouter.spring.cost.Budget;
import io.telemetryrouter.spring.cost.ModelPrice;
import io.telemetryrouter.spring.cost.PriceTable;

/**
 * Creates the prices and budgets of the configuration, and rejects invalid ones.
 */
final class CostConfigurationReader {

	private static final String PREFIX = "telemetry-router.cost.";

	private CostConfigurationReader() {
	}

	static PriceTable prices(TelemetryRouterCostProperties properties) {
		List<ModelPrice> prices = new ArrayList<>();
		for (Price price : properties.getPrices()) {
			String name = PREFIX + "prices[" + prices.size() + "].";
			String model = text(name + "model", price.getModel());
			for (ModelPrice other : prices) {
				if (PriceTable.isAmbiguous(other.model(), model)) {
					throw invalid(name + "model", model, "A model can match both '" + other.model() + "' and '" + model
							+ "', and neither is more specific: remove one, or name the models in full.");
				}
			}
			prices.add(new ModelPrice(model, money(name + "input", price.getInput()),
					money(name + "output", price.getOutput()), optional(name + "cached-input", price.getCachedInput()),
					optional(name + "cache-write", price.getCacheWrite())));
		}
		return new PriceTable(prices);
	}

	static List<Budget> budgets(TelemetryRouterCostProperties properties, boolean tenants) {
		List<Budget> budgets = new ArrayList<>();
		Set<String> names = new HashSet<>();
		for (Limit limit : properties.getBudgets()) {
			String name = PREFIX + "budgets[" + budgets.size() + "].";
			String budget = text(name + "name", limit.getName());
			if (!names.add(budget)) {
				throw invalid(name + "name", budget, "Another budget has this name.");
			}
			if (limit.getPer() == Budget.Per.TENANT && !tenants) {
				throw invalid(name + "per", "tenant",
						"The tenant of a run is unknown: define a bean of type TenantResolver.");
			}
			if (limit.getThresholds().isEmpty()) {
				throw invalid(name + "thresholds", "", "There must be at least one, in percent of the limit.");
			}
			limit.getThresholds().forEach((percent) -> positive(name + "thresholds", percent));
			budgets.add(new Budget(budget, limit.getPer(), positive(name + "limit", limit.getLimit()),
					limit.getThresholds()));
		}
		return budgets;
	}

	private static String text(String name, @Nullable String value) {
		if (value == null || value.isBlank()) {
			throw invalid(name, value, "It must be set.");
		}
		return value;
	}

	private static @Nullable BigDecimal optional(String name, @Nullable BigDecimal value) {
		return (value != null) ? money(name, value) : null;
	}

	private static BigDecimal money(String name, @Nullable BigDecimal value) {
		if (value == null) {
			throw invalid(name, null, "It must be set. Use 0 if it is free.");
		}
		if (value.signum() < 0) {
			throw invalid(name, value, "A price must not be negative.");
		}
		return value;
	}

	private static BigDecimal positive(String name, @Nullable BigDecimal value) {
		if (value == null || value.signum() <= 0) {
			throw invalid(name, value, "It must be greater than 0.");
		}
		return value;
	}

	private static InvalidConfigurationPropertyValueException invalid(String name, @Nullable Object value,
			String reason) {
		return new InvalidConfigurationPropertyValueException(name, value, reason);
	}

}
