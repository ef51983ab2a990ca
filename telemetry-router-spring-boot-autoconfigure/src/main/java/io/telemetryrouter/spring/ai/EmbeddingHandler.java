package io.telemetryrouter.spring.ai;

import java.util.List;

import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.embedding.EmbeddingResponseMetadata;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationContext;

import io.telemetryrouter.agent.ModelCall;
import io.telemetryrouter.spring.agent.AgentTelemetry;
import io.telemetryrouter.spring.agent.GenAiNames;
import io.telemetryrouter.spring.agent.ObservedCall;
import io.telemetryrouter.spring.agent.ObservedRun;
import io.telemetryrouter.spring.agent.ReportedTokens;

/**
 * Reports each call of an {@code EmbeddingModel} as a model call.
 *
 * @since 0.1.0
 */
public final class EmbeddingHandler extends GuardedHandler<EmbeddingModelObservationContext> {

	/**
	 * Creates the handler.
	 * @param telemetry receives the calls
	 */
	public EmbeddingHandler(AgentTelemetry telemetry) {
		super(EmbeddingModelObservationContext.class, telemetry);
	}

	@Override
	void started(EmbeddingModelObservationContext context) {
		ObservedRun run = runOf(context);
		List<String> texts = context.getRequest().getInstructions();
		EmbeddingOptions options = context.getRequest().getOptions();
		start(context, run,
				new ModelCall.Started(run.run(), "embeddings", run.nextTurn(),
						GenAiNames.provider(context.getOperationMetadata().provider()),
						(options != null) ? options.getModel() : null, false, texts.size(), List.of(),
						telemetry().content(() -> String.join("\n", texts))));
	}

	@Override
	void stopped(EmbeddingModelObservationContext context) {
		ObservedCall call = callOf(context);
		if (call == null) {
			return;
		}
		if (context.getError() != null) {
			call.end(context.getError());
			return;
		}
		EmbeddingResponse response = context.getResponse();
		EmbeddingResponseMetadata metadata = (response != null) ? response.getMetadata() : null;
		ReportedTokens tokens = Usages.of((metadata != null) ? metadata.getUsage() : null,
				call.started(ModelCall.Started.class).provider(), null);
		call.complete(new ModelCall.Completed(call.started(ModelCall.Started.class), call.elapsed(), null,
				(metadata != null) ? GenAiNames.reported(metadata.getModel()) : null, null, tokens.tokens(),
				tokens.problem(), List.of(), 0, null));
	}

}
