package io.telemetryrouter.spring.cost;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;

/**
 * A limit for costs, with the thresholds at which it reports.
 *
 * @param name its name
 * @param per what each sum is for
 * @param limit the limit
 * @param thresholds when to report, in percent of the limit
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
	 * What each sum of a budget is for.
	 */
	public enum Per {

		/** The outermost run, with all that is nested in it. */
		RUN,

		/** The tenant, since the start of the application. */
		TENANT,

		/** The day. */
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
