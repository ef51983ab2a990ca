package io.telemetryrouter.sample.agent;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Requests approvals for tools that spend the customer's money.
 * <p>
 * The router takes no part in an approval: handlers observe events and cannot decide. An
 * agent that must wait for a decision holds a {@link CompletableFuture} with a timeout,
 * as here.
 *
 * @since 0.1.0
 */
public final class ApprovalDesk {

	private final Approver approver;

	private final Set<String> tools;

	private final Duration timeout;

	/**
	 * Creates a desk.
	 * @param approver decides on each request
	 * @param tools the names of the tools that need an approval
	 * @param timeout the maximum time for a decision
	 */
	public ApprovalDesk(Approver approver, Set<String> tools, Duration timeout) {
		this.approver = approver;
		this.tools = Set.copyOf(tools);
		this.timeout = timeout;
	}

	/**
	 * Returns whether a tool needs an approval.
	 * @param tool the tool's name
	 * @return {@code true} if it may not be called without one
	 */
	public boolean isNeededFor(String tool) {
		return this.tools.contains(tool);
	}

	/**
	 * Requests a decision. A failure of the approver counts as denied.
	 * @param runId the run
	 * @param call the call that would spend money
	 * @return the decision; completes within the timeout and never exceptionally
	 */
	public CompletableFuture<Decision> request(String runId, ToolRequest call) {
		return ask(runId, call).orTimeout(this.timeout.toNanos(), TimeUnit.NANOSECONDS).handle((approved, failure) -> {
			if (failure instanceof TimeoutException) {
				return Decision.TIMED_OUT;
			}
			return (failure == null && approved) ? Decision.APPROVED : Decision.DENIED;
		});
	}

	private CompletableFuture<Boolean> ask(String runId, ToolRequest call) {
		try {
			// A copy, because the timeout must not complete the approver's own future
			return this.approver.ask(runId, call).copy();
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	/**
	 * Outcome of a request.
	 */
	public enum Decision {

		/**
		 * The tool may be called.
		 */
		APPROVED,

		/**
		 * The tool may not be called.
		 */
		DENIED,

		/**
		 * No decision was made in time, so the tool may not be called.
		 */
		TIMED_OUT

	}

}
