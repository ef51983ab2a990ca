package io.telemetryrouter.sample.agent;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.sample.agent.ApprovalDesk.Decision;

/**
 * One run from the agent's view: the customer, the model and the tools. It counts their
 * calls independently of events. Thread-safe, because a model behind HTTP responds on
 * another thread.
 *
 * @since 0.1.0
 */
public final class Session {

	private final String runId;

	private final Customer customer;

	private final Model model;

	private final Toolbox toolbox;

	private final ApprovalDesk approvals;

	private final Map<ToolStatus, Integer> toolExecutions = new EnumMap<>(ToolStatus.class);

	private int userMessages;

	private int modelResponses;

	private TokenUsage usage = TokenUsage.NONE;

	/**
	 * Creates a session.
	 * @param runId an id that is unique among the concurrent runs
	 * @param customer the customer
	 * @param model the model
	 * @param toolbox the tools
	 * @param approvals decides on tools that spend money
	 */
	public Session(String runId, Customer customer, Model model, Toolbox toolbox, ApprovalDesk approvals) {
		this.runId = runId;
		this.customer = customer;
		this.model = model;
		this.toolbox = toolbox;
		this.approvals = approvals;
	}

	/**
	 * Returns the run's id.
	 * @return the id
	 */
	public String runId() {
		return this.runId;
	}

	/**
	 * Returns the customer's next message.
	 * @return the text, or {@code null} when the customer has left
	 */
	public synchronized @Nullable String say() {
		String text = this.customer.say();
		this.userMessages += (text != null) ? 1 : 0;
		return text;
	}

	/**
	 * Returns whether the customer waits for a message of the agent.
	 * @return {@code true} if it is the agent's turn
	 */
	public synchronized boolean awaitsAnswer() {
		return this.customer.awaitsAnswer();
	}

	/**
	 * Asks the model.
	 * @param conversation the messages so far
	 * @return the response
	 */
	public synchronized Model.Response respond(Conversation conversation) {
		Model.Response response = this.model.respond(conversation);
		this.modelResponses++;
		this.usage = this.usage.plus(response.usage());
		return response;
	}

	/**
	 * Returns the available tools.
	 * @return their names
	 */
	public Set<String> tools() {
		return this.toolbox.tools();
	}

	/**
	 * Returns the tools after which the agent does not respond any more.
	 * @return their names
	 */
	public Set<String> finalTools() {
		return this.toolbox.finalTools();
	}

	/**
	 * Calls a tool, after its approval if it needs one.
	 * @param request the call
	 * @return the tool's answer
	 * @throws ToolException if the tool fails or is not approved
	 */
	public String call(ToolRequest request) {
		Decision decision = this.approvals.isNeededFor(request.tool())
				? this.approvals.request(this.runId, request).join() : Decision.APPROVED;
		synchronized (this) {
			try {
				String answer = switch (decision) {
					case APPROVED -> this.toolbox.call(request);
					case DENIED -> throw notApproved(ToolStatus.DENIED);
					case TIMED_OUT -> throw notApproved(ToolStatus.APPROVAL_TIMED_OUT);
				};
				this.toolExecutions.merge(ToolStatus.SUCCEEDED, 1, Integer::sum);
				return answer;
			}
			catch (RuntimeException ex) {
				ToolException failure = (ex instanceof ToolException known) ? known
						: new ToolException(ToolStatus.FAILED, "Error: the tool failed");
				this.toolExecutions.merge(failure.status(), 1, Integer::sum);
				throw failure;
			}
		}
	}

	private static ToolException notApproved(ToolStatus status) {
		return new ToolException(status, "The call was not approved.");
	}

	/**
	 * Returns the counts of the run so far.
	 * @return the counts
	 */
	public synchronized RunReport report() {
		return new RunReport(this.userMessages, this.modelResponses, this.toolExecutions, this.usage);
	}

}
