package io.telemetryrouter.spring.cost;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * The sums of one budget. Thread-safe: adding an amount and finding the thresholds that
 * it reaches is one atomic step, so concurrent calls neither miss nor repeat a threshold.
 */
final class BudgetAccounts {

	private static final Log logger = LogFactory.getLog(BudgetAccounts.class);

	/**
	 * The end of a run is not visible here, so the least recently used sum is evicted.
	 */
	static final int MAX_ACCOUNTS = 10_000;

	private final Budget budget;

	private final Map<String, BigDecimal> spent = new LinkedHashMap<>(16, 0.75f, true);

	private boolean reported;

	BudgetAccounts(Budget budget) {
		this.budget = budget;
	}

	Budget budget() {
		return this.budget;
	}

	/**
	 * Adds an amount.
	 * @return the thresholds that it reaches, in ascending order
	 */
	synchronized List<Reached> add(String key, BigDecimal amount) {
		BigDecimal before = this.spent.getOrDefault(key, BigDecimal.ZERO);
		BigDecimal after = before.add(amount);
		this.spent.put(key, after);
		if (this.spent.size() > MAX_ACCOUNTS) {
			removeEldest();
		}
		List<Reached> reached = new ArrayList<>();
		for (BigDecimal percent : this.budget.thresholds()) {
			BigDecimal threshold = this.budget.limit().multiply(percent).movePointLeft(2);
			if (before.compareTo(threshold) < 0 && after.compareTo(threshold) >= 0) {
				reached.add(new Reached(percent, after));
			}
		}
		return reached;
	}

	private void removeEldest() {
		this.spent.remove(this.spent.keySet().iterator().next());
		if (!this.reported) {
			this.reported = true;
			logger.info("Budget '" + this.budget.name() + "' keeps at most " + MAX_ACCOUNTS
					+ " sums, so it forgets the costs of a " + this.budget.per().label()
					+ ", the one with the oldest last cost;" + " further costs of it are summed from zero");
		}
	}

	/**
	 * A threshold that was reached.
	 *
	 * @param percent the threshold, in percent of the limit
	 * @param spent the costs at that moment
	 */
	record Reached(BigDecimal percent, BigDecimal spent) {
	}

}
