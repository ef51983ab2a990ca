package io.telemetryrouter.spring.metrics;

import java.util.ArrayList;
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

/**
 * Counts the tokens and costs of model calls in meters, by model. A meter adds up in
 * floating point; what must be exact is in the events. Thread-safe.
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

	private final List<Meters<?>> read = new ArrayList<>();

	/**
	 * Creates the meters, and registers those that read a count.
	 * @param registry where they are registered
	 * @param maxModels how many models become tag values of their own; the others share
	 * the value {@code _other}
	 * @param telemetry counts failures of adapters; {@code null} if there are none
	 * @param costs counts calls without a price; {@code null} if there are no prices
	 */
	public AgentMeters(MeterRegistry registry, int maxModels, @Nullable AgentTelemetry telemetry,
			@Nullable CostRecorder costs) {
		this.registry = registry;
		this.maxModels = maxModels;
		if (telemetry != null) {
			count(read(telemetry));
		}
		if (costs != null) {
			read(costs).counter(TelemetryRouterMeter.AGENT_UNPRICED, Tags.empty(), CostRecorder::unpriced);
		}
	}

	private static void count(Meters<AgentTelemetry> failures) {
		for (String framework : FRAMEWORKS) {
			failures.counter(TelemetryRouterMeter.AGENT_FAILURES, Tags.of("framework", framework),
					(source) -> source.failures(framework));
		}
		failures.counter(TelemetryRouterMeter.AGENT_FAILURES, Tags.of("framework", OTHER),
				(source) -> source.failures() - FRAMEWORKS.stream().mapToLong(source::failures).sum());
	}

	private <T> Meters<T> read(T source) {
		Meters<T> meters = new Meters<>(this.registry, new SharedSeries(this.registry), source, Kind.COUNT);
		this.read.add(meters);
		return meters;
	}

	/**
	 * Removes the meters that read a count.
	 */
	@Override
	public void close() {
		this.read.forEach(Meters::remove);
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
		// May exceed the limit by the number of threads that get here at once
		if (this.models.contains(model) || (this.models.size() < this.maxModels && this.models.add(model))) {
			return model;
		}
		return this.models.contains(model) ? model : OTHER;
	}

}
