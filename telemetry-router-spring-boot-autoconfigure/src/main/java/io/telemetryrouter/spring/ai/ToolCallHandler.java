package io.telemetryrouter.spring.ai;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.ai.tool.execution.ToolExecutionException;
import org.springframework.ai.tool.observation.ToolCallingObservationContext;

import org.springframework.beans.factory.ObjectProvider;

import io.telemetryrouter.agent.ToolCall;
import io.telemetryrouter.spring.agent.AgentTelemetry;
import io.telemetryrouter.spring.agent.ObservedCall;
import io.telemetryrouter.spring.agent.ObservedRun;

/**
 * Reports each call that a {@code ToolCallingManager} executes as a tool call.
 *
 * @since 0.1.0
 */
public final class ToolCallHandler extends GuardedHandler<ToolCallingObservationContext> {

	/**
	 * Creates the handler.
	 * @param telemetry receives the calls
	 */
	public ToolCallHandler(AgentTelemetry telemetry) {
		super(ToolCallingObservationContext.class, telemetry);
	}

	@Override
	void started(ToolCallingObservationContext context) {
		ObservedRun run = runOf(context);
		start(context, run, new ToolCall.Started(run.run(), context.getToolCallId(), context.getToolDefinition().name(),
				context.getToolType(), telemetry().content(context::getToolCallArguments)));
	}

	/**
	 * Binds the thread: a tool runs on the thread that observes it, also in a stream.
	 */
	@Override
	void scopeOpened(ToolCallingObservationContext context) {
		ObservedCall call = callOf(context);
		if (call != null) {
			call.bind();
		}
	}

	@Override
	void scopeClosed(ToolCallingObservationContext context) {
		ObservedCall call = callOf(context);
		if (call != null) {
			call.unbind();
		}
	}

	@Override
	void stopped(ToolCallingObservationContext context) {
		ObservedCall call = callOf(context);
		if (call == null) {
			return;
		}
		Throwable error = (call.noted() != null) ? call.noted() : context.getError();
		if (error != null) {
			call.end(cause(error));
			return;
		}
		String result = context.getToolCallResult();
		call.complete(new ToolCall.Completed(call.started(ToolCall.Started.class), call.elapsed(),
				(result != null) ? result.length() : null, telemetry().content(() -> result)));
	}

	/**
	 * Stores the error in the thread's current tool call: Spring AI converts it to text
	 * for the model, so the observation does not have it.
	 */
	void failed(ObjectProvider<ObservationRegistry> registries, ToolExecutionException error) {
		telemetry().guard(FRAMEWORK, () -> {
			ObservationRegistry registry = registries.getIfUnique();
			Observation current = (registry != null) ? registry.getCurrentObservation() : null;
			ObservedCall call = (current != null
					&& current.getContext() instanceof ToolCallingObservationContext context) ? callOf(context) : null;
			if (call != null) {
				call.note(error);
			}
		});
	}

	private static Throwable cause(Throwable error) {
		return (error instanceof ToolExecutionException && error.getCause() != null) ? error.getCause() : error;
	}

}
