package io.telemetryrouter.spring.cost;

import java.math.BigDecimal;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.agent.ModelCall;

/**
 * Calculates the cost of a model call. A bean of this type replaces the price table of
 * the configuration. Called concurrently, on the threads that emit
 * {@code model.call.completed}.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface CostCalculator {

	/**
	 * Returns the cost of a call, in the currency of {@code telemetry-router.cost}.
	 * @param call the call, with {@linkplain ModelCall.Completed#tokens() tokens}
	 * @return the cost, exact; {@code null} if the model has no price
	 */
	@Nullable BigDecimal costOf(ModelCall.Completed call);

}
