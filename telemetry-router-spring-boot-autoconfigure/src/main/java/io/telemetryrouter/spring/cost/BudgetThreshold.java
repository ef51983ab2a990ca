package io.telemetryrouter.spring.cost;

import java.math.BigDecimal;

import io.telemetryrouter.TelemetryEventType;
import io.telemetryrouter.agent.Run;

/**
 * Payload of {@code budget.threshold}: costs have reached a threshold of a budget.
 * Emitted once for each threshold and each run, tenant or day. The router does not stop
 * the agent.
 *
 * @param budget the name of the budget
 * @param per the scope of the budget
 * @param key the run's id, the tenant, or the date
 * @param percent the threshold, in percent of the limit
 * @param spent the costs so far, exact
 * @param limit the limit
 * @param currency the currency, by ISO 4217
 * @param run the run whose call reached the threshold
 * @since 0.1.0
 */
@TelemetryEventType("budget.threshold")
public record BudgetThreshold(String budget, Budget.Per per, String key, BigDecimal percent, BigDecimal spent,
		BigDecimal limit, String currency, Run run) {
}
