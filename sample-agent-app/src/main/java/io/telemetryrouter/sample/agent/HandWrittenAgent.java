package io.telemetryrouter.sample.agent;

import java.time.Duration;
import java.util.List;

import io.telemetryrouter.EventType;
import io.telemetryrouter.RunScope;
import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.TelemetrySpan;
import io.telemetryrouter.agent.AgentRun;
import io.telemetryrouter.agent.Failure;
import io.telemetryrouter.agent.ModelCall;
import io.telemetryrouter.agent.Run;
import io.telemetryrouter.agent.Tokens;
import io.telemetryrouter.agent.ToolCall;
import io.telemetryrouter.sample.agent.Message.Role;

/**
 * An agent loop without a framework: it reads the customer's messages, calls the model
 * and tools, and emits an event for each step. It uses only {@link TelemetryEmitter} and
 * its spans; no handler can affect it. Thread-safe.
 *
 * @since 0.1.0
 */
public final class HandWrittenAgent implements Agent {

	private static final EventType<UserMessageReceived> USER_MESSAGE = EventType.of(UserMessageReceived.class);

	private final TelemetryEmitter telemetry;

	private final String model;

	/**
	 * Creates an agent.
	 * @param telemetry receives the agent's events
	 * @param model the name of the model
	 */
	public HandWrittenAgent(TelemetryEmitter telemetry, String model) {
		this.telemetry = telemetry;
		this.model = model;
	}

	@Override
	public void run(Session session) {
		try (RunScope scope = this.telemetry.openRun(session.runId())) {
			new Loop(session, Run.of(scope.runId())).run();
		}
	}

	private static Duration elapsed(TelemetrySpan span) {
		return Duration.ofNanos(span.durationNanos());
	}

	/**
	 * The state of one run.
	 */
	private final class Loop {

		private final Session session;

		private final Run run;

		private final Conversation conversation = new Conversation();

		private AgentRun.Totals totals = new AgentRun.Totals(0, 0, Tokens.NONE);

		Loop(Session session, Run run) {
			this.session = session;
			this.run = run;
		}

		void run() {
			AgentRun.Started started = new AgentRun.Started(this.run, false);
			TelemetrySpan span = HandWrittenAgent.this.telemetry.span("agent.run", started);
			try {
				converse();
				span.complete(new AgentRun.Completed(started, elapsed(span), this.totals));
			}
			catch (RuntimeException ex) {
				span.fail(ex, new AgentRun.Failed(started, elapsed(span), this.totals, Failure.of(ex)));
				throw ex;
			}
		}

		private void converse() {
			respond();
			String text = this.session.say();
			while (text != null) {
				this.conversation.add(new Message(Role.USER, text, List.of()));
				HandWrittenAgent.this.telemetry.emit(USER_MESSAGE,
						new UserMessageReceived(this.session.runId(), text.length()));
				respond();
				text = this.session.say();
			}
		}

		private void respond() {
			while (this.session.awaitsAnswer()) {
				Model.Response response = ask();
				this.conversation.add(new Message(Role.ASSISTANT, response.content(), response.toolCalls()));
				response.toolCalls().forEach(this::execute);
			}
		}

		private Model.Response ask() {
			String model = HandWrittenAgent.this.model;
			ModelCall.Started started = new ModelCall.Started(this.run, "chat", this.totals.modelCalls() + 1, null,
					model, false, this.conversation.messages().size(), List.copyOf(this.session.tools()), null);
			TelemetrySpan span = HandWrittenAgent.this.telemetry.span("model.call", started);
			try {
				Model.Response response = this.session.respond(this.conversation);
				Tokens tokens = new Tokens(response.usage().prompt(), response.usage().completion());
				int calls = response.toolCalls().size();
				count(1, 0, tokens);
				span.complete(new ModelCall.Completed(started, elapsed(span), null, model, null, tokens, null,
						List.of((calls > 0) ? "tool_calls" : "stop"), calls, null));
				return response;
			}
			catch (RuntimeException ex) {
				count(1, 0, Tokens.NONE);
				span.fail(ex, new ModelCall.Failed(started, elapsed(span), Failure.of(ex)));
				throw ex;
			}
		}

		private void execute(ToolRequest request) {
			ToolCall.Started started = new ToolCall.Started(this.run, request.id(), request.tool(), "function", null);
			TelemetrySpan span = HandWrittenAgent.this.telemetry.span("tool.call", started);
			count(0, 1, Tokens.NONE);
			String answer;
			try {
				answer = this.session.call(request);
				span.complete(new ToolCall.Completed(started, elapsed(span), answer.length(), null));
			}
			catch (ToolException ex) {
				answer = String.valueOf(ex.getMessage());
				span.fail(ex, new ToolCall.Failed(started, elapsed(span), Failure.of(ex)));
			}
			this.conversation.add(new Message(Role.TOOL, answer, List.of()));
		}

		private void count(int modelCalls, int toolCalls, Tokens tokens) {
			this.totals = new AgentRun.Totals(this.totals.modelCalls() + modelCalls,
					this.totals.toolCalls() + toolCalls, this.totals.tokens().plus(tokens));
		}

	}

}
