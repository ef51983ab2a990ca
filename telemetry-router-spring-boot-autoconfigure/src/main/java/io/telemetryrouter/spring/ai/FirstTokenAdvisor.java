package io.telemetryrouter.spring.ai;

import io.micrometer.observation.Observation;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import org.springframework.ai.chat.client.ChatClientRequest;
import org.springframework.ai.chat.client.ChatClientResponse;
import org.springframework.ai.chat.client.advisor.api.StreamAdvisor;
import org.springframework.ai.chat.client.advisor.api.StreamAdvisorChain;
import org.springframework.ai.chat.model.ChatResponse;
import reactor.core.publisher.Flux;

import org.springframework.core.Ordered;
import org.springframework.util.StringUtils;

import io.telemetryrouter.spring.agent.AgentTelemetry;

/**
 * Records the time of the first token of each turn of a stream, which observations do not
 * have. It is the last advisor before the model and does not modify requests or
 * responses.
 *
 * @since 0.1.0
 */
public final class FirstTokenAdvisor implements StreamAdvisor {

	private final AgentTelemetry telemetry;

	/**
	 * Creates the advisor.
	 * @param telemetry counts failures of this advisor
	 */
	public FirstTokenAdvisor(AgentTelemetry telemetry) {
		this.telemetry = telemetry;
	}

	@Override
	public Flux<ChatClientResponse> adviseStream(ChatClientRequest request, StreamAdvisorChain chain) {
		return Flux.deferContextual((context) -> {
			FirstToken first = new FirstToken();
			this.telemetry.guard(GuardedHandler.FRAMEWORK, () -> {
				Object observation = context.getOrDefault(ObservationThreadLocalAccessor.KEY, null);
				if (observation instanceof Observation current && !current.isNoop()) {
					current.getContext().put(FirstToken.class, first);
				}
			});
			return chain.nextStream(request)
				.doOnNext((response) -> this.telemetry.guard(GuardedHandler.FRAMEWORK, () -> {
					if (hasText(response.chatResponse())) {
						first.arrived();
					}
				}));
		});
	}

	private static boolean hasText(@org.jspecify.annotations.Nullable ChatResponse response) {
		return response != null && response.getResults()
			.stream()
			.anyMatch((result) -> StringUtils.hasLength(result.getOutput().getText()));
	}

	@Override
	public String getName() {
		return "telemetryRouterFirstToken";
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE - 1;
	}

}
