package io.telemetryrouter.spring.cost;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;

/**
 * A limit for costs, with the thresholds at which {@link BudgetThreshold} is emitted.
 *
 * @param name the budget's name
 * @param per the scope over which costs are summed
 * @param limit the limit
 * @param thresholds the thresholds, in percent of the limit
 * @since 0.1.0
 */
public record Budget(String name, Per per, BigDecimal limit, List<BigDecimal> thresholds) {

	/**
	 * Checks and orders the thresholds.
	 * @throws IllegalArgumentException if there is no threshold, or the limit or a
	 * threshold is not positive
	 */
	public Budget {
		thresholds = thresholds.stream().sorted().toList();
		if (limit.signum() <= 0 || thresholds.isEmpty() || thresholds.get(0).signum() <= 0) {
			throw new IllegalArgumentException(
					"Budget '" + name + "' needs a positive limit and thresholds, which are positive");
		}
	}

	/**
	 * The scope over which a budget sums costs.
	 */
	public enum Per {

		/** The outermost run, including its nested runs. */
		RUN,

		/** The tenant, since the start of the application. */
		TENANT,

		/** The calendar day. */
		DAY;

		/**
		 * Returns the name in lower case.
		 * @return the label
		 */
		public String label() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

}
