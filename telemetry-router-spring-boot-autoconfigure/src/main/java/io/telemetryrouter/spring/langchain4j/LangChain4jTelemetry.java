package io.telemetryrouter.spring.langchain4j;

import java.lang.reflect.UndeclaredThrowableException;
import java.util.function.Consumer;

import dev.langchain4j.model.chat.listener.ChatModelErrorContext;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.listener.ChatModelRequestContext;
import dev.langchain4j.model.chat.listener.ChatModelResponseContext;
import dev.langchain4j.observability.api.AiServiceListenerRegistrar;
import dev.langchain4j.observability.api.event.AiServiceCompletedEvent;
import dev.langchain4j.observability.api.event.AiServiceErrorEvent;
import dev.langchain4j.observability.api.event.AiServiceEvent;
import dev.langchain4j.observability.api.event.AiServiceRequestIssuedEvent;
import dev.langchain4j.observability.api.event.AiServiceStartedEvent;
import dev.langchain4j.observability.api.event.GuardrailExecutedEvent;
import dev.langchain4j.observability.api.event.InputGuardrailExecutedEvent;
import dev.langchain4j.observability.api.event.OutputGuardrailExecutedEvent;
import dev.langchain4j.observability.api.listener.AiServiceListener;
import dev.langchain4j.service.AiServiceContext;

import org.springframework.context.annotation.ImportRuntimeHints;

import io.telemetryrouter.agent.Guardrail;
import io.telemetryrouter.spring.agent.AgentTelemetry;
import io.telemetryrouter.spring.agent.ObservedCall;
import io.telemetryrouter.spring.agent.ObservedRun;

/**
 * Reports the runs and calls of LangChain4j. It is a listener of chat models, and
 * {@link TelemetryAiServiceContextFactory} registers it with every AI service.
 * Thread-safe.
 *
 * @since 0.1.0
 */
@ImportRuntimeHints(LangChain4jHints.class)
public final class LangChain4jTelemetry implements ChatModelListener {

	static final String FRAMEWORK = "langchain4j";

	private final AgentTelemetry telemetry;

	private final AiServiceRuns runs;

	private final ModelCalls models;

	private final ServiceModels serviceModels;

	private final ToolCalls tools;

	private final RetrievalCalls retrievals;

	private final EmbeddingCalls embeddings;

	/**
	 * Creates the listener.
	 * @param telemetry receives the runs and calls
	 */
	public LangChain4jTelemetry(AgentTelemetry telemetry) {
		this.telemetry = telemetry;
		this.runs = new AiServiceRuns(telemetry);
		this.models = new ModelCalls(telemetry, this.runs);
		this.serviceModels = new ServiceModels(telemetry, this.models);
		this.tools = new ToolCalls(telemetry, this.runs);
		this.retrievals = new RetrievalCalls(telemetry, this.runs);
		this.embeddings = new EmbeddingCalls(telemetry);
	}

	AiServiceRuns runs() {
		return this.runs;
	}

	RetrievalCalls retrievals() {
		return this.retrievals;
	}

	EmbeddingCalls embeddings() {
		return this.embeddings;
	}

	/**
	 * Observes an AI service. Its tool service is replaced last, only if everything else
	 * succeeded.
	 */
	void observe(AiServiceContext context, Class<?> service) {
		this.telemetry.guard(FRAMEWORK, () -> {
			AiServiceListenerRegistrar registrar = context.eventListenerRegistrar;
			on(registrar, AiServiceStartedEvent.class, (event) -> {
				this.runs.start(event.invocationContext(), service);
				this.retrievals.observe(context);
				this.serviceModels.observe(context);
			});
			on(registrar, AiServiceRequestIssuedEvent.class,
					(event) -> this.models.issued(event.invocationContext(), event.request()));
			on(registrar, InputGuardrailExecutedEvent.class, (event) -> guardrail(event, true));
			on(registrar, OutputGuardrailExecutedEvent.class, (event) -> guardrail(event, false));
			on(registrar, AiServiceCompletedEvent.class, this::completed);
			on(registrar, AiServiceErrorEvent.class, this::failed);
			context.toolService = new ObservedToolService(this.tools);
		});
	}

	private <T extends AiServiceEvent> void on(AiServiceListenerRegistrar registrar, Class<T> type,
			Consumer<T> action) {
		registrar.register(new AiServiceListener<T>() {

			@Override
			public Class<T> getEventClass() {
				return type;
			}

			@Override
			public void onEvent(T event) {
				LangChain4jTelemetry.this.telemetry.guard(FRAMEWORK, () -> action.accept(event));
			}

		});
	}

	private void completed(AiServiceCompletedEvent event) {
		AiServiceRun service = this.runs.end(event.invocationContext());
		if (service != null) {
			service.run().endCalls(null);
			service.run().complete();
		}
	}

	private void failed(AiServiceErrorEvent event) {
		AiServiceRun service = this.runs.end(event.invocationContext());
		if (service != null) {
			Throwable error = event.error();
			if (error instanceof UndeclaredThrowableException && error.getCause() != null) {
				// A checked exception that passed the proxy of the model
				error = error.getCause();
			}
			service.run().endCalls(error);
			service.run().fail(error);
		}
	}

	private void guardrail(GuardrailExecutedEvent<?, ?, ?> event, boolean input) {
		AiServiceRun service = this.runs.get(event.invocationContext());
		if (service != null) {
			ObservedRun run = service.run();
			Guardrail.Started started = new Guardrail.Started(run.run(), event.guardrailName(), input);
			run.emit(new Guardrail.Completed(started, event.duration(), event.result().isSuccess()));
		}
	}

	@Override
	public void onRequest(ChatModelRequestContext context) {
		this.telemetry.guard(FRAMEWORK, () -> {
			// A listener that is registered twice is called twice
			if (!context.attributes().containsKey(ObservedCall.class)) {
				context.attributes()
					.put(ObservedCall.class, this.models.requested(context.chatRequest(), context.modelProvider()));
			}
		});
	}

	@Override
	public void onResponse(ChatModelResponseContext context) {
		this.telemetry.guard(FRAMEWORK, () -> {
			if (context.attributes().get(ObservedCall.class) instanceof ObservedCall call) {
				this.models.responded(call, context.chatResponse());
			}
		});
	}

	@Override
	public void onError(ChatModelErrorContext context) {
		this.telemetry.guard(FRAMEWORK, () -> {
			if (context.attributes().get(ObservedCall.class) instanceof ObservedCall call) {
				this.models.failed(call, context.error());
			}
		});
	}

}
