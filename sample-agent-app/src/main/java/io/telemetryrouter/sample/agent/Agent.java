package io.telemetryrouter.sample.agent;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import io.telemetryrouter.EventType;
import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.sample.agent.ApprovalDesk.Decision;
import io.telemetryrouter.sample.agent.Message.Role;

/**
 * The agent loop: listens to the customer, asks the model, calls tools, and says what
 * happens. Of the router it knows {@link TelemetryEmitter} alone; who listens is none of
 * its business, and nothing a listener does reaches it. Thread-safe.
 *
 * @since 0.1.0
 */
public final class Agent {

	private static final EventType<AgentRunStarted> RUN_STARTED = EventType.of(AgentRunStarted.class);

	private static final EventType<UserMessageReceived> USER_MESSAGE = EventType.of(UserMessageReceived.class);

	private static final EventType<ModelResponseReceived> MODEL_RESPONSE = EventType.of(ModelResponseReceived.class);

	private static final EventType<ToolExecution> TOOL_EXECUTION = EventType.of(ToolExecution.class);

	private static final EventType<AgentRunCompleted> RUN_COMPLETED = EventType.of(AgentRunCompleted.class);

	private static final ToolResult NOT_APPROVED = new ToolResult("The call was not approved.", true);

	private final TelemetryEmitter telemetry;

	private final ApprovalDesk approvals;

	/**
	 * Creates an agent.
	 * @param telemetry takes the agent's events
	 * @param approvals decides on tools that spend money
	 */
	public Agent(TelemetryEmitter telemetry, ApprovalDesk approvals) {
		this.telemetry = telemetry;
		this.approvals = approvals;
	}

	/**
	 * Serves a customer until the customer leaves.
	 * @param runId an id that no other run has at the same time
	 * @param customer the customer
	 * @param model the model
	 * @param toolbox the tools
	 * @return what the run came to
	 */
	public RunReport run(String runId, Customer customer, Model model, Toolbox toolbox) {
		return new Run(runId, customer, model, toolbox).run();
	}

	private static Duration since(long start) {
		return Duration.ofNanos(System.nanoTime() - start);
	}

	/**
	 * The state of one run.
	 */
	private final class Run {

		private final String id;

		private final Customer customer;

		private final Model model;

		private final Toolbox toolbox;

		private final Conversation conversation = new Conversation();

		private final Map<ToolStatus, Integer> toolExecutions = new EnumMap<>(ToolStatus.class);

		private int userMessages;

		private int modelResponses;

		private TokenUsage usage = TokenUsage.NONE;

		Run(String id, Customer customer, Model model, Toolbox toolbox) {
			this.id = id;
			this.customer = customer;
			this.model = model;
			this.toolbox = toolbox;
		}

		RunReport run() {
			long start = System.nanoTime();
			boolean failed = true;
			Agent.this.telemetry.emit(RUN_STARTED, new AgentRunStarted(this.id));
			try {
				converse();
				failed = false;
			}
			finally {
				Agent.this.telemetry.emit(RUN_COMPLETED,
						new AgentRunCompleted(this.id, failed, this.modelResponses, since(start)));
			}
			return new RunReport(this.userMessages, this.modelResponses, this.toolExecutions, this.usage);
		}

		private void converse() {
			respond();
			String text = this.customer.say();
			while (text != null) {
				this.userMessages++;
				this.conversation.add(new Message(Role.USER, text, List.of()));
				Agent.this.telemetry.emit(USER_MESSAGE, new UserMessageReceived(this.id, text.length()));
				respond();
				text = this.customer.say();
			}
		}

		private void respond() {
			long start = System.nanoTime();
			Model.Response response = this.model.respond(this.conversation);
			while (response != null) {
				this.modelResponses++;
				this.usage = this.usage.plus(response.usage());
				this.conversation.add(new Message(Role.ASSISTANT, response.content(), response.toolCalls()));
				Agent.this.telemetry.emit(MODEL_RESPONSE, new ModelResponseReceived(this.id, response.usage(),
						response.toolCalls().size(), since(start)));
				response.toolCalls().forEach(this::execute);
				start = System.nanoTime();
				response = this.model.respond(this.conversation);
			}
		}

		private void execute(ToolCall call) {
			Decision decision = decide(call);
			long start = System.nanoTime();
			ToolResult result = (decision == Decision.APPROVED) ? call(call) : NOT_APPROVED;
			ToolStatus status = switch (decision) {
				case APPROVED -> result.failed() ? ToolStatus.FAILED : ToolStatus.SUCCEEDED;
				case DENIED -> ToolStatus.DENIED;
				case TIMED_OUT -> ToolStatus.APPROVAL_TIMED_OUT;
			};
			this.toolExecutions.merge(status, 1, Integer::sum);
			this.conversation.add(new Message(Role.TOOL, result.content(), List.of()));
			Agent.this.telemetry.emit(TOOL_EXECUTION, new ToolExecution(this.id, call.tool(), status, since(start)));
		}

		private Decision decide(ToolCall call) {
			ApprovalDesk desk = Agent.this.approvals;
			return desk.isNeededFor(call.tool()) ? desk.request(this.id, call).join() : Decision.APPROVED;
		}

		private ToolResult call(ToolCall call) {
			try {
				return this.toolbox.call(call);
			}
			catch (RuntimeException ex) {
				return new ToolResult("Error: the tool failed", true);
			}
		}

	}

}
