package io.telemetryrouter.spring.cost;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.Currency;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.agent.ModelCall;
import io.telemetryrouter.agent.Run;
import io.telemetryrouter.agent.Tokens;
import io.telemetryrouter.spring.annotation.TelemetryListener;
import io.telemetryrouter.spring.cost.BudgetAccounts.Reached;

/**
 * Records the costs of model calls and emits an event when they reach a threshold of a
 * budget. It is a synchronous handler: the agent continues after the synchronous handlers
 * of these events have returned. Thread-safe.
 *
 * @since 0.1.0
 */
public final class CostRecorder {

	private static final Log logger = LogFactory.getLog(CostRecorder.class);

	private static final int MAX_REPORTED = 100;

	private static final String NO_PRICE = "Model '%s' has no price, so its calls have no cost. "
			+ "Add it to 'telemetry-router.cost.prices'.";

	private static final String NO_TOKENS = "A call to model '%s' has no valid token counts, so it has no cost; "
			+ "'tokensProblem' of its event says why. Configure the model's client to request usage, also in streams. "
			+ "Further such calls are only counted.";

	private final Supplier<TelemetryEmitter> emitter;

	private final CostCalculator calculator;

	private final Currency currency;

	private final List<BudgetAccounts> budgets;

	private final @Nullable TenantResolver tenants;

	private final Clock clock;

	private final Set<String> reported = ConcurrentHashMap.newKeySet();

	private final LongAdder unpriced = new LongAdder();

	/**
	 * Creates the recorder.
	 * @param emitter supplies the emitter of the events
	 * @param calculator calculates the cost of a call
	 * @param currency the currency of all amounts
	 * @param budgets the budgets
	 * @param tenants resolves the tenant of a run; required by budgets per tenant
	 * @param clock determines the day, in its time zone
	 */
	public CostRecorder(Supplier<TelemetryEmitter> emitter, CostCalculator calculator, Currency currency,
			List<Budget> budgets, @Nullable TenantResolver tenants, Clock clock) {
		this.emitter = emitter;
		this.calculator = calculator;
		this.currency = currency;
		// Last, so that a resolver that throws does not affect the other budgets
		this.budgets = budgets.stream()
			.sorted(Comparator.comparing((budget) -> budget.per() == Budget.Per.TENANT))
			.map(BudgetAccounts::new)
			.toList();
		this.tenants = tenants;
		this.clock = clock;
	}

	/**
	 * Records the cost of a model call. A call without valid tokens has no cost.
	 * @param call the call
	 */
	@TelemetryListener(id = "telemetryRouter.cost")
	public void onModelCall(ModelCall.Completed call) {
		Tokens tokens = call.tokens();
		String model = (call.responseModel() != null) ? call.responseModel() : call.requestModel();
		BigDecimal amount = (tokens != null) ? this.calculator.costOf(call) : null;
		if (tokens == null || amount == null) {
			this.unpriced.increment();
			report((tokens != null) ? NO_PRICE : NO_TOKENS, String.valueOf(model));
			return;
		}
		TelemetryEmitter emitter = this.emitter.get();
		emitter.emit(new CostRecorded(call.run(), call.provider(), model, tokens, amount, code()));
		for (BudgetAccounts accounts : this.budgets) {
			Budget budget = accounts.budget();
			String key = key(budget.per(), call.run());
			if (key == null) {
				continue;
			}
			for (Reached reached : accounts.add(key, amount)) {
				emitter.emit(new BudgetThreshold(budget.name(), budget.per(), key, reached.percent(), reached.spent(),
						budget.limit(), code(), call.run()));
			}
		}
	}

	private String code() {
		return this.currency.getCurrencyCode();
	}

	private @Nullable String key(Budget.Per per, Run run) {
		return switch (per) {
			case RUN -> run.rootId();
			case TENANT -> (this.tenants != null) ? this.tenants.tenantOf(run) : null;
			case DAY -> LocalDate.now(this.clock).toString();
		};
	}

	private void report(String line, String model) {
		if (this.reported.size() < MAX_REPORTED && this.reported.add(line + model)) {
			logger.warn(line.formatted(printable(model)));
		}
	}

	/** The name comes from the provider, so it may contain any character. */
	private static String printable(String model) {
		String text = model.replaceAll("\\p{Cntrl}", "?");
		return (text.length() > 100) ? text.substring(0, 100) + "..." : text;
	}

	/**
	 * Returns the number of model calls without a cost because their model has no price,
	 * or because they have no valid tokens.
	 * @return the count
	 */
	public long unpriced() {
		return this.unpriced.sum();
	}

}
