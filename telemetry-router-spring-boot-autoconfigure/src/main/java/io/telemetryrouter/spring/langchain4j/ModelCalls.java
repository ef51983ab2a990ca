package io.telemetryrouter.spring.langchain4j;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.ChatMessage;
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
 * matched by the request's first message, which is the same object; if several runs share
 * it, by the thread that published the request event.
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
		run.issued(new Issued(call, first(request)));
		this.issuer.set(new WeakReference<>(run));
	}

	private static @Nullable ChatMessage first(ChatRequest request) {
		return request.messages().isEmpty() ? null : request.messages().get(0);
	}

	private @Nullable AiServiceRun issuerOf(ChatRequest request) {
		ChatMessage first = first(request);
		return (first != null) ? waiting((issued) -> issued.first() == first) : null;
	}

	/** Returns the run with a pending request, first of all that of the thread. */
	private @Nullable AiServiceRun waiting(Predicate<Issued> condition) {
		WeakReference<AiServiceRun> reference = this.issuer.get();
		AiServiceRun run = (reference != null) ? reference.get() : null;
		return (run != null && run.isWaiting(condition)) ? run : this.runs.waiting(condition);
	}

	/**
	 * Called when a model is called, by an AI service or directly. A model may call
	 * another one several times for a request of an AI service, to retry it: each attempt
	 * is a call.
	 */
	ObservedCall requested(ChatRequest request, @Nullable ModelProvider provider) {
		AiServiceRun run = issuerOf(request);
		Issued issued = (run != null) ? run.issued() : null;
		if (run == null || issued == null) {
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

	/**
	 * Called when a model is about to be called by an AI service.
	 * @return the request, or {@code null} if its run is not known
	 */
	@Nullable Request request(ChatRequest request, @Nullable ModelProvider provider) {
		AiServiceRun run = issuerOf(request);
		return (run != null) ? new Request(run, request, provider) : null;
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

	/** Called when a model has responded. */
	void responded(ObservedCall call, ChatResponse response) {
		ended(call, response);
		call.endBy(() -> complete(call, call.elapsed(), response));
	}

	/** Called when a model has failed. */
	void failed(ObservedCall call, Throwable error) {
		ended(call, null);
		call.end(error);
	}

	private void ended(ObservedCall call, @Nullable ChatResponse response) {
		AiServiceRun run = waiting((issued) -> issued.call() == call);
		Issued issued = (run != null) ? run.issued() : null;
		if (run != null && issued != null) {
			run.issued(issued.ended(response));
		}
	}

	private void complete(ObservedCall call, Duration duration, ChatResponse response) {
		ReportedTokens tokens = TokenUsages.of(response.tokenUsage());
		FinishReason finish = response.finishReason();
		String reason = GenAiNames.finishReason((finish != null) ? finish.name() : null);
		call.complete(new ModelCall.Completed(call.started(ModelCall.Started.class), duration, null,
				GenAiNames.reported(response.modelName()), GenAiNames.reported(response.id()), tokens.tokens(),
				tokens.problem(), (reason != null) ? List.of(reason) : List.of(),
				response.aiMessage().toolExecutionRequests().size(),
				this.telemetry.content(() -> response.aiMessage().text())));
	}

	/** A request of an AI service to its model. */
	final class Request {

		private final AiServiceRun run;

		private final ChatRequest request;

		private final @Nullable ModelProvider provider;

		Request(AiServiceRun run, ChatRequest request, @Nullable ModelProvider provider) {
			this.run = run;
			this.request = request;
			this.provider = provider;
		}

		/**
		 * Called with the response that the AI service receives. If the listener of a
		 * model has not reported it, it is from a model without the listener.
		 */
		void answered(ChatResponse response) {
			Issued issued = this.run.issued();
			this.run.issued(null);
			if (issued == null || issued.isOf(response)) {
				return;
			}
			ObservedCall call = issued.call();
			if (!call.isEnded()) {
				call.endBy(() -> complete(call, call.elapsed(), response));
				return;
			}
			ObservedCall unseen = start(this.run.run(), this.request, this.request.modelName(), this.provider);
			unseen.endBy(() -> complete(unseen, issued.sinceEnd(), response));
		}

		/** Called with the error of a stream. Has no effect if the run has ended. */
		void failed(Throwable error) {
			this.run.issued(null);
			this.run.run().endCalls(error);
			this.run.run().fail(error);
		}

	}

}
