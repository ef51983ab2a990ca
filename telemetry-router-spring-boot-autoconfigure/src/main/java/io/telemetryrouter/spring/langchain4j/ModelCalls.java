package io.telemetryrouter.spring.langchain4j;

import java.lang.ref.WeakReference;
import java.util.List;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.invocation.InvocationContext;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import org.jspecify.annotations.Nullable;

import io.telemetryrouter.agent.ModelCall;
import io.telemetryrouter.spring.agent.AgentTelemetry;
import io.telemetryrouter.spring.agent.GenAiNames;
import io.telemetryrouter.spring.agent.ObservedCall;
import io.telemetryrouter.spring.agent.ObservedRun;
import io.telemetryrouter.spring.agent.ReportedTokens;
import io.telemetryrouter.spring.langchain4j.AiServiceRun.Issued;

/**
 * Reports model calls. Events of an AI service have the run of a request, but few
 * properties of the model; a model's listener has the model, but not the run. The two are
 * matched: an AI service calls the model on the thread that published the request event,
 * with the same message objects.
 */
final class ModelCalls {

	private final AgentTelemetry telemetry;

	private final AiServiceRuns runs;

	/** The run of the thread's last request. It refers to the request until its end. */
	private final ThreadLocal<@Nullable WeakReference<AiServiceRun>> issuer = new ThreadLocal<>();

	ModelCalls(AgentTelemetry telemetry, AiServiceRuns runs) {
		this.telemetry = telemetry;
		this.runs = runs;
	}

	/**
	 * Called when an AI service is about to call its model.
	 */
	void issued(InvocationContext invocation, ChatRequest request) {
		AiServiceRun run = this.runs.get(invocation);
		if (run == null) {
			return;
		}
		String model = request.modelName();
		if (model == null && invocation.defaultRequestParameters() != null) {
			model = invocation.defaultRequestParameters().modelName();
		}
		ObservedCall call = start(run.run(), request, model, invocation.modelProvider());
		run.issued(new Issued(call, request.messages().isEmpty() ? null : request.messages().get(0)));
		this.issuer.set(new WeakReference<>(run));
	}

	/**
	 * Called when a model is called, by an AI service or directly. A model may call
	 * another one several times for a request of an AI service, to retry it: each attempt
	 * is a call.
	 */
	ObservedCall requested(ChatRequest request, @Nullable ModelProvider provider) {
		WeakReference<AiServiceRun> reference = this.issuer.get();
		AiServiceRun run = (reference != null) ? reference.get() : null;
		Issued issued = (run != null) ? run.issued() : null;
		if (run == null || issued == null || request.messages().isEmpty()
				|| request.messages().get(0) != issued.first()) {
			return start(this.telemetry.currentRun(LangChain4jTelemetry.FRAMEWORK), request, request.modelName(),
					provider);
		}
		if (!issued.call().isEnded()) {
			return issued.call();
		}
		ObservedCall again = start(run.run(), request, request.modelName(), provider);
		run.issued(new Issued(again, issued.first()));
		return again;
	}

	private ObservedCall start(ObservedRun run, ChatRequest request, @Nullable String model,
			@Nullable ModelProvider provider) {
		List<ToolSpecification> tools = request.toolSpecifications();
		return run.start(new ModelCall.Started(run.run(), "chat", run.nextTurn(),
				GenAiNames.provider((provider != null) ? provider.name() : null), model, run.isStreaming(),
				request.messages().size(),
				(tools != null) ? tools.stream().map(ToolSpecification::name).toList() : List.of(),
				this.telemetry.content(() -> request.messages().toString())));
	}

	/**
	 * Called when an AI service has the response. If the model has a listener, the call
	 * has ended already.
	 */
	void received(InvocationContext invocation, ChatResponse response) {
		AiServiceRun run = this.runs.get(invocation);
		Issued issued = (run != null) ? run.issued() : null;
		if (run != null && issued != null) {
			run.issued(null);
			issued.call().endBy(() -> complete(issued.call(), response));
		}
	}

	void complete(ObservedCall call, ChatResponse response) {
		ReportedTokens tokens = TokenUsages.of(response.tokenUsage());
		FinishReason finish = response.finishReason();
		String reason = GenAiNames.finishReason((finish != null) ? finish.name() : null);
		call.complete(new ModelCall.Completed(call.started(ModelCall.Started.class), call.elapsed(), null,
				GenAiNames.reported(response.modelName()), GenAiNames.reported(response.id()), tokens.tokens(),
				tokens.problem(), (reason != null) ? List.of(reason) : List.of(),
				response.aiMessage().toolExecutionRequests().size(),
				this.telemetry.content(() -> response.aiMessage().text())));
	}

}
