package io.telemetryrouter.spring.cost;

import java.math.BigDecimal;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.TelemetryEventType;
import io.telemetryrouter.agent.Run;
import io.telemetryrouter.agent.Tokens;

/**
 * Payload of {@code cost.recorded}, which is caused by {@code model.call.completed}: the
 * cost of a model call.
 *
 * @param run the run of the call
 * @param provider the provider ({@code gen_ai.provider.name})
 * @param model the model of the response, else the requested model
 * @param tokens the tokens that the cost was calculated from
 * @param amount the cost, exact
 * @param currency its currency, by ISO 4217
 * @since 0.1.0
 */
@TelemetryEventType("cost.recorded")
public record CostRecorded(Run run, @Nullable String provider, @Nullable String model, Tokens tokens, BigDecimal amount,
		String currency) {
}
