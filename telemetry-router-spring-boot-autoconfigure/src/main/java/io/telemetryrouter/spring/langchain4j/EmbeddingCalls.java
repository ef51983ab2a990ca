package io.telemetryrouter.spring.langchain4j;

import java.util.Collection;
import java.util.List;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.output.TokenUsage;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import io.telemetryrouter.agent.ModelCall;
import io.telemetryrouter.spring.agent.AgentTelemetry;
import io.telemetryrouter.spring.agent.GenAiNames;
import io.telemetryrouter.spring.agent.ObservedCall;
import io.telemetryrouter.spring.agent.ObservedRun;
import io.telemetryrouter.spring.agent.ReportedTokens;

/**
 * Reports the calls of embedding models.
 */
final class EmbeddingCalls {

	private final AgentTelemetry telemetry;

	private final SurroundedCalls calls;

	EmbeddingCalls(AgentTelemetry telemetry) {
		this.telemetry = telemetry;
		this.calls = new SurroundedCalls(telemetry);
	}

	/** Proceeds with the call of an embedding method and reports it. */
	@Nullable Object call(MethodInvocation invocation, EmbeddingModel model) throws Throwable {
		Object input = invocation.getArguments()[0];
		return this.calls.call(invocation::proceed, () -> start(model, input), this::complete);
	}

	private ObservedCall start(EmbeddingModel model, @Nullable Object input) {
		ObservedRun run = this.telemetry.currentRun(LangChain4jTelemetry.FRAMEWORK);
		ModelProvider provider = model.provider();
		return run.start(new ModelCall.Started(run.run(), "embeddings", run.nextTurn(),
				GenAiNames.provider((provider != null) ? provider.name() : null), model.modelName(), false,
				count(input), List.of(), this.telemetry.content(() -> text(input))));
	}

	private static int count(@Nullable Object input) {
		if (input instanceof EmbeddingRequest request) {
			return request.inputs().size();
		}
		return (input instanceof Collection<?> texts) ? texts.size() : 1;
	}

	private static @Nullable String text(@Nullable Object input) {
		if (input instanceof EmbeddingRequest request) {
			return String.join("\n", request.inputs().stream().map((each) -> String.valueOf(each.text())).toList());
		}
		if (input instanceof Collection<?> texts) {
			return String.join("\n", texts.stream().map((each) -> String.valueOf(text(each))).toList());
		}
		return (input instanceof TextSegment segment) ? segment.text() : String.valueOf(input);
	}

	private void complete(ObservedCall call, @Nullable Object result) {
		TokenUsage usage = null;
		String model = null;
		if (result instanceof EmbeddingResponse response) {
			usage = response.tokenUsage();
			model = response.modelName();
		}
		else if (result instanceof Response<?> response) {
			usage = response.tokenUsage();
		}
		ReportedTokens tokens = TokenUsages.of(usage);
		call.complete(new ModelCall.Completed(call.started(ModelCall.Started.class), call.elapsed(), null,
				GenAiNames.reported(model), null, tokens.tokens(), tokens.problem(), List.of(), 0, null));
	}

}
