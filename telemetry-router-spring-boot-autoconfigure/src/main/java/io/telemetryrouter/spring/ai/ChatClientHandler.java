package io.telemetryrouter.spring.ai;

import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.client.observation.ChatClientObservationContext;
import org.springframework.ai.chat.memory.ChatMemory;

import io.telemetryrouter.spring.agent.AgentTelemetry;
import io.telemetryrouter.spring.agent.ObservedRun;
import io.telemetryrouter.spring.agent.RunDescription;

/**
 * Reports each call of a {@code ChatClient} as a run.
 *
 * @since 0.1.0
 */
public final class ChatClientHandler extends GuardedHandler<ChatClientObservationContext> {

	/**
	 * Creates the handler.
	 * @param telemetry receives the runs
	 */
	public ChatClientHandler(AgentTelemetry telemetry) {
		super(ChatClientObservationContext.class, telemetry);
	}

	@Override
	void started(ChatClientObservationContext context) {
		ObservedRun parent = enclosing(context, ObservedRun.class);
		ObservedRun run = telemetry().startRun(new RunDescription(FRAMEWORK, null, null, conversationId(context),
				context.isStream(), (parent != null) ? parent.run() : null));
		context.put(ObservedRun.class, run);
	}

	@Override
	void scopeOpened(ChatClientObservationContext context) {
		ObservedRun run = context.get(ObservedRun.class);
		if (run != null && !context.isStream()) {
			run.bind();
		}
	}

	@Override
	void scopeClosed(ChatClientObservationContext context) {
		ObservedRun run = context.get(ObservedRun.class);
		if (run != null) {
			run.unbind();
		}
	}

	private static @Nullable String conversationId(ChatClientObservationContext context) {
		Object id = context.getRequest().context().get(ChatMemory.CONVERSATION_ID);
		return (id != null) ? id.toString() : null;
	}

	@Override
	void stopped(ChatClientObservationContext context) {
		ObservedRun run = context.get(ObservedRun.class);
		if (run == null) {
			return;
		}
		Throwable error = context.getError();
		if (error != null) {
			run.fail(error);
		}
		else if (context.isStream() && context.getResponse() == null) {
			// The only sign that the subscriber has cancelled
			run.cancel();
		}
		else {
			run.complete();
		}
	}

}
