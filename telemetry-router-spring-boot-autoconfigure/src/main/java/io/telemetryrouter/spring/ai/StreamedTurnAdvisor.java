package io.telemetryrouter.spring.ai;

import io.micrometer.observation.Observation;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import org.springframework.ai.chat.client.ChatClientRequest;
import org.springframework.ai.chat.client.ChatClientResponse;
import org.springframework.ai.chat.client.advisor.api.StreamAdvisor;
import org.springframework.ai.chat.client.advisor.api.StreamAdvisorChain;
import reactor.core.publisher.Flux;

import org.springframework.core.Ordered;

import io.telemetryrouter.spring.agent.AgentTelemetry;

/**
 * Records the time of the first token of each turn of a stream and the number of cached
 * tokens, which observations do not have. It is the last advisor before the model and
 * does not modify requests or responses.
 *
 * @since 0.1.0
 */
public final class StreamedTurnAdvisor implements StreamAdvisor {

	private final AgentTelemetry telemetry;

	/**
	 * Creates the advisor.
	 * @param telemetry counts failures of this advisor
	 */
	public StreamedTurnAdvisor(AgentTelemetry telemetry) {
		this.telemetry = telemetry;
	}

	@Override
	public Flux<ChatClientResponse> adviseStream(ChatClientRequest request, StreamAdvisorChain chain) {
		return Flux.deferContextual((context) -> {
			StreamedTurn turn = new StreamedTurn();
			this.telemetry.guard(GuardedHandler.FRAMEWORK, () -> {
				Object observation = context.getOrDefault(ObservationThreadLocalAccessor.KEY, null);
				if (observation instanceof Observation current && !current.isNoop()) {
					current.getContext().put(StreamedTurn.class, turn);
				}
			});
			return chain.nextStream(request)
				.doOnNext((response) -> this.telemetry.guard(GuardedHandler.FRAMEWORK,
						() -> turn.received(response.chatResponse())))
				.doOnTerminate(turn::ended)
				.doOnCancel(turn::ended);
		});
	}

	@Override
	public String getName() {
		return "telemetryRouterStreamedTurn";
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE - 1;
	}

}
