package io.telemetryrouter.sample.observe;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

import org.springframework.stereotype.Component;

import io.telemetryrouter.agent.Tokens;
import io.telemetryrouter.spring.annotation.TelemetryListener;
import io.telemetryrouter.spring.cost.BudgetThreshold;
import io.telemetryrouter.spring.cost.CostRecorded;

/**
 * Sums up the costs of runs, by the outermost run. Synchronous, so that the sum is
 * current before the agent's next step. It has no side effects, so events can be replayed
 * to it.
 *
 * @since 0.1.0
 */
@Component
public class CostTracker {

	private final Map<String, Spending> spendingByRun = new ConcurrentHashMap<>();

	private final AtomicReference<BigDecimal> totalAmount = new AtomicReference<>(BigDecimal.ZERO);

	private final AtomicReference<Tokens> totalTokens = new AtomicReference<>(Tokens.NONE);

	@TelemetryListener(replay = true)
	void onCost(CostRecorded cost) {
		this.spendingByRun.merge(cost.run().rootId(), new Spending(cost.amount(), false), Spending::plus);
		this.totalAmount.accumulateAndGet(cost.amount(), BigDecimal::add);
		this.totalTokens.accumulateAndGet(cost.tokens(), Tokens::plus);
	}

	@TelemetryListener(condition = "payload.percent >= 100")
	void onBudgetExhausted(BudgetThreshold threshold) {
		this.spendingByRun.merge(threshold.run().rootId(), new Spending(BigDecimal.ZERO, true), Spending::plus);
	}

	/**
	 * Returns the costs of a run, and removes them.
	 * @param runId the id of the outermost run
	 * @return the costs
	 */
	public Spending close(String runId) {
		Spending spending = this.spendingByRun.remove(runId);
		return (spending != null) ? spending : new Spending(BigDecimal.ZERO, false);
	}

	/**
	 * Returns the costs of all runs since the start.
	 * @return the sum
	 */
	public BigDecimal totalAmount() {
		return Objects.requireNonNull(this.totalAmount.get());
	}

	/**
	 * Returns the tokens that all runs have used since the start.
	 * @return the tokens
	 */
	public Tokens totalTokens() {
		return Objects.requireNonNull(this.totalTokens.get());
	}

	/**
	 * Costs of a run.
	 *
	 * @param amount the sum
	 * @param exhausted whether the run's budget is exhausted
	 */
	public record Spending(BigDecimal amount, boolean exhausted) {

		private Spending plus(Spending other) {
			return new Spending(this.amount.add(other.amount), this.exhausted || other.exhausted);
		}

	}

}
