package io.telemetryrouter.spring.metrics;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import org.jspecify.annotations.Nullable;

import io.telemetryrouter.agent.ModelCall;
import io.telemetryrouter.agent.Tokens;
import io.telemetryrouter.spring.agent.AgentTelemetry;
import io.telemetryrouter.spring.annotation.TelemetryListener;
import io.telemetryrouter.spring.cost.CostRecorded;
import io.telemetryrouter.spring.cost.CostRecorder;
import io.telemetryrouter.spring.metrics.SharedSeries.Kind;
import io.telemetryrouter.spring.metrics.SharedSeries.Source;

/**
 * Counts the tokens and costs of model calls by model. Meters add up {@code double}s; the
 * exact amounts are in the events. Thread-safe.
 *
 * @since 0.1.0
 */
public final class AgentMeters implements AutoCloseable {

	private static final String OTHER = "_other";

	private static final String UNKNOWN = "_unknown";

	private static final List<String> FRAMEWORKS = List.of("spring-ai", "langchain4j");

	private final MeterRegistry registry;

	private final int maxModels;

	private final Set<String> models = ConcurrentHashMap.newKeySet();

	private final Meters<Counts> functionCounters;

	/**
	 * Creates the meters and registers the function counters of failures and unpriced
	 * calls.
	 * @param registry the registry of the meters
	 * @param maxModels the maximum number of models with a tag value of their own;
	 * further models share the value {@code _other}
	 * @param telemetry the source of adapter failures; {@code null} if there are no
	 * adapters
	 * @param costs the source of unpriced calls; {@code null} if costs are not recorded
	 */
	public AgentMeters(MeterRegistry registry, int maxModels, @Nullable AgentTelemetry telemetry,
			@Nullable CostRecorder costs) {
		this.registry = registry;
		this.maxModels = maxModels;
		this.functionCounters = new Meters<>(new SharedSeries(registry), new Counts(telemetry, costs), Kind.COUNT);
		if (telemetry != null) {
			FRAMEWORKS.forEach(this::countFailures);
			countFailures(OTHER);
		}
		if (costs != null) {
			this.functionCounters.add(TelemetryRouterMeter.AGENT_UNPRICED, Tags.empty());
		}
	}

	private void countFailures(String framework) {
		this.functionCounters.add(TelemetryRouterMeter.AGENT_FAILURES, Tags.of("framework", framework), framework);
	}

	/**
	 * Removes the function counters.
	 */
	@Override
	public void close() {
		this.functionCounters.remove(false);
	}

	/**
	 * Counts the tokens of a model call.
	 * @param call the call
	 */
	@TelemetryListener(id = "telemetryRouter.tokens")
	public void onModelCall(ModelCall.Completed call) {
		Tokens tokens = call.tokens();
		if (tokens != null) {
			String model = tag((call.responseModel() != null) ? call.responseModel() : call.requestModel());
			count(model, "input", tokens.input());
			count(model, "output", tokens.output());
		}
	}

	private void count(String model, String direction, long tokens) {
		TelemetryRouterMeter meter = TelemetryRouterMeter.AGENT_TOKENS;
		Counter.builder(meter.getName())
			.description(meter.getDescription())
			.baseUnit(meter.getBaseUnit())
			.tag("model", model)
			.tag("direction", direction)
			.register(this.registry)
			.increment(tokens);
	}

	/**
	 * Counts a cost.
	 * @param cost the cost
	 */
	@TelemetryListener(id = "telemetryRouter.costs")
	public void onCost(CostRecorded cost) {
		TelemetryRouterMeter meter = TelemetryRouterMeter.AGENT_COST;
		Counter.builder(meter.getName())
			.description(meter.getDescription())
			.tag("model", tag(cost.model()))
			.tag("currency", cost.currency())
			.register(this.registry)
			.increment(cost.amount().doubleValue());
	}

	private String tag(@Nullable String model) {
		if (model == null) {
			return UNKNOWN;
		}
		// Concurrent calls may exceed the limit by the number of their threads
		if (this.models.contains(model) || (this.models.size() < this.maxModels && this.models.add(model))) {
			return model;
		}
		return this.models.contains(model) ? model : OTHER;
	}

	/**
	 * The source of the function counters.
	 */
	private record Counts(@Nullable AgentTelemetry telemetry, @Nullable CostRecorder costs) implements Source {

		@Override
		public double value(TelemetryRouterMeter meter, @Nullable Object detail) {
			if (meter == TelemetryRouterMeter.AGENT_UNPRICED) {
				return (this.costs != null) ? this.costs.unpriced() : 0;
			}
			return (this.telemetry != null) ? failures(this.telemetry, String.valueOf(detail)) : 0;
		}

		private static long failures(AgentTelemetry telemetry, String framework) {
			return framework.equals(OTHER)
					? telemetry.failures() - FRAMEWORKS.stream().mapToLong(telemetry::failures).sum()
					: telemetry.failures(framework);
		}

	}

}
