package io.telemetryrouter.spring.ai;

import org.springframework.ai.vectorstore.SearchRequest;
import org.springframework.ai.vectorstore.observation.VectorStoreObservationContext;

import io.telemetryrouter.agent.Retrieval;
import io.telemetryrouter.spring.agent.AgentTelemetry;
import io.telemetryrouter.spring.agent.ObservedCall;
import io.telemetryrouter.spring.agent.ObservedRun;

/**
 * Reports each query of a {@code VectorStore} as a retrieval.
 *
 * @since 0.1.0
 */
public final class VectorStoreHandler extends GuardedHandler<VectorStoreObservationContext> {

	/**
	 * Creates the handler.
	 * @param telemetry receives the retrievals
	 */
	public VectorStoreHandler(AgentTelemetry telemetry) {
		super(VectorStoreObservationContext.class, telemetry);
	}

	@Override
	void started(VectorStoreObservationContext context) {
		if (!VectorStoreObservationContext.Operation.QUERY.value().equals(context.getOperationName())) {
			return;
		}
		ObservedRun run = runOf(context);
		SearchRequest query = context.getQueryRequest();
		start(context, run,
				new Retrieval.Started(run.run(), context.getDatabaseSystem(), (query != null) ? query.getTopK() : null,
						telemetry().content(() -> (query != null) ? query.getQuery() : null)));
	}

	@Override
	void stopped(VectorStoreObservationContext context) {
		ObservedCall call = callOf(context);
		if (call == null) {
			return;
		}
		if (context.getError() != null) {
			call.end(context.getError());
			return;
		}
		call.complete(new Retrieval.Completed(call.started(Retrieval.Started.class), call.elapsed(),
				(context.getQueryResponse() != null) ? context.getQueryResponse().size() : null));
	}

}
