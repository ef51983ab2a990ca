package io.telemetryrouter.sample.agent;

import java.math.BigDecimal;

import io.telemetryrouter.TelemetryEventType;

/**
 * A run has used up a share of its budget.
 *
 * @param runId the run
 * @param threshold the share, 1 for all of it
 * @param spent what the run has cost so far
 * @param budget what it may cost
 * @since 0.1.0
 */
@TelemetryEventType("budget_threshold_hit")
public record BudgetThresholdHit(String runId, BigDecimal threshold, BigDecimal spent, BigDecimal budget) {

	/**
	 * Returns whether nothing is left of the budget.
	 * @return {@code true} if the budget is exhausted
	 */
	public boolean isExhausted() {
		return this.spent.compareTo(this.budget) >= 0 && this.threshold.compareTo(BigDecimal.ONE) >= 0;
	}

}
