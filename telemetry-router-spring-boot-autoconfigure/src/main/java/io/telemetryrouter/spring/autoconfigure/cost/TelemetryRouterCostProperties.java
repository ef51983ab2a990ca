package io.telemetryrouter.spring.autoconfigure.cost;

import java.math.BigDecimal;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

import io.telemetryrouter.spring.cost.Budget;

/**
 * Configuration properties of costs and budgets.
 *
 * @since 0.1.0
 */
@ConfigurationProperties(prefix = "telemetry-router.cost", ignoreUnknownFields = false)
public class TelemetryRouterCostProperties {

	/**
	 * Whether to record the costs of model calls.
	 */
	private boolean enabled = true;

	/**
	 * Currency of all prices and budgets, by ISO 4217.
	 */
	private Currency currency = Currency.getInstance("USD");

	/**
	 * Time zone in which the day of a budget begins.
	 */
	private ZoneId zone = ZoneOffset.UTC;

	/**
	 * Prices of models, in units of the currency for a million tokens.
	 */
	private List<Price> prices = new ArrayList<>();

	/**
	 * Limits for costs, with the thresholds at which an event is emitted.
	 */
	private List<Limit> budgets = new ArrayList<>();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public Currency getCurrency() {
		return this.currency;
	}

	public void setCurrency(Currency currency) {
		this.currency = currency;
	}

	public ZoneId getZone() {
		return this.zone;
	}

	public void setZone(ZoneId zone) {
		this.zone = zone;
	}

	public List<Price> getPrices() {
		return this.prices;
	}

	public void setPrices(List<Price> prices) {
		this.prices = prices;
	}

	public List<Limit> getBudgets() {
		return this.budgets;
	}

	public void setBudgets(List<Limit> budgets) {
		this.budgets = budgets;
	}

	/**
	 * Prices of one model.
	 */
	public static class Price {

		/**
		 * Name of the model. Each "*" matches any text.
		 */
		private @Nullable String model;

		/**
		 * Price of a million tokens of input.
		 */
		private @Nullable BigDecimal input;

		/**
		 * Price of a million tokens of output.
		 */
		private @Nullable BigDecimal output;

		/**
		 * Price of a million tokens of input from the provider's cache. By default, the
		 * price of input.
		 */
		private @Nullable BigDecimal cachedInput;

		/**
		 * Price of a million tokens of input that is written to the provider's cache. By
		 * default, the price of input.
		 */
		private @Nullable BigDecimal cacheWrite;

		public @Nullable String getModel() {
			return this.model;
		}

		public void setModel(@Nullable String model) {
			this.model = model;
		}

		public @Nullable BigDecimal getInput() {
			return this.input;
		}

		public void setInput(@Nullable BigDecimal input) {
			this.input = input;
		}

		public @Nullable BigDecimal getOutput() {
			return this.output;
		}

		public void setOutput(@Nullable BigDecimal output) {
			this.output = output;
		}

		public @Nullable BigDecimal getCachedInput() {
			return this.cachedInput;
		}

		public void setCachedInput(@Nullable BigDecimal cachedInput) {
			this.cachedInput = cachedInput;
		}

		public @Nullable BigDecimal getCacheWrite() {
			return this.cacheWrite;
		}

		public void setCacheWrite(@Nullable BigDecimal cacheWrite) {
			this.cacheWrite = cacheWrite;
		}

	}

	/**
	 * A limit for costs.
	 */
	public static class Limit {

		/**
		 * Name of the budget in its events.
		 */
		private @Nullable String name;

		/**
		 * Scope over which costs are summed.
		 */
		private Budget.Per per = Budget.Per.RUN;

		/**
		 * Limit of each sum.
		 */
		private @Nullable BigDecimal limit;

		/**
		 * Thresholds at which an event is emitted, in percent of the limit.
		 */
		private List<BigDecimal> thresholds = List.of(BigDecimal.valueOf(80), BigDecimal.valueOf(100));

		public @Nullable String getName() {
			return this.name;
		}

		public void setName(@Nullable String name) {
			this.name = name;
		}

		public Budget.Per getPer() {
			return this.per;
		}

		public void setPer(Budget.Per per) {
			this.per = per;
		}

		public @Nullable BigDecimal getLimit() {
			return this.limit;
		}

		public void setLimit(@Nullable BigDecimal limit) {
			this.limit = limit;
		}

		public List<BigDecimal> getThresholds() {
			return this.thresholds;
		}

		public void setThresholds(List<BigDecimal> thresholds) {
			this.thresholds = thresholds;
		}

	}

}
