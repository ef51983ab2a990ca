package io.telemetryrouter.sample.openai;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.telemetryrouter.EventType;
import io.telemetryrouter.RunScope;
import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.sample.agent.Agent;
import io.telemetryrouter.sample.agent.Session;
import io.telemetryrouter.sample.agent.UserMessageReceived;

/**
 * An agent with the loop of a framework. The framework's adapter emits the events of
 * models and tools. The agent itself opens a run for the conversation, because the
 * framework has one run per answer, and emits the user's messages.
 *
 * @since 0.1.0
 */
public abstract class AbstractFrameworkAgent implements Agent {

	private static final Logger logger = LoggerFactory.getLogger(AbstractFrameworkAgent.class);

	private static final EventType<UserMessageReceived> USER_MESSAGE = EventType.of(UserMessageReceived.class);

	private final TelemetryEmitter telemetry;

	private final OpenAiServer server;

	/**
	 * Creates an agent.
	 * @param telemetry receives the agent's own events
	 * @param server the server that the framework's client calls
	 */
	protected AbstractFrameworkAgent(TelemetryEmitter telemetry, OpenAiServer server) {
		this.telemetry = telemetry;
		this.server = server;
	}

	@Override
	@SuppressWarnings("try")
	public final void run(Session session) {
		try (RunScope scope = this.telemetry.openRun(session.runId());
				OpenAiServer.Registration registration = this.server.register(session.runId(), session::respond)) {
			Chat chat = open(session);
			String text = session.say();
			while (text != null) {
				this.telemetry.emit(USER_MESSAGE, new UserMessageReceived(session.runId(), text.length()));
				if (session.awaitsAnswer()) {
					chat.answer(text);
				}
				else {
					chat.remember(text);
				}
				text = session.say();
			}
			if (session.awaitsAnswer()) {
				logger.warn(
						"Skipped the rest of run '{}': its model responds without a user message, and a framework cannot",
						session.runId().replaceAll("\\p{Cntrl}", "?"));
			}
		}
	}

	/**
	 * Begins a conversation.
	 * @param session the session
	 * @return the conversation
	 */
	protected abstract Chat open(Session session);

	/**
	 * A conversation of a framework.
	 */
	protected interface Chat {

		/**
		 * Lets the framework answer a message, and call the tools that the model
		 * requests.
		 * @param text the message
		 */
		void answer(String text);

		/**
		 * Adds a message that gets no answer.
		 * @param text the message
		 */
		void remember(String text);

	}

}
