package io.telemetryrouter.sample.agent;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Gets approvals for tools that spend the customer's money.
 * <p>
 * The router is no part of this: a handler observes and has no say. An agent that must
 * wait for a decision holds a {@link CompletableFuture} with a timeout, as here.
 *
 * @since 0.1.0
 */
public final class ApprovalDesk {

	private final Approver approver;

	private final Set<String> tools;

	private final Duration timeout;

	/**
	 * Creates a desk.
	 * @param approver who decides
	 * @param tools the names of the tools that need an approval
	 * @param timeout how long a decision may take
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
	 * Asks for a decision. An approver that fails has not approved.
	 * @param runId the run
	 * @param call the call that would spend money
	 * @return the decision; never completes exceptionally and always within the timeout
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
			// A copy, since the timeout must not complete a future that is the approver's
			return this.approver.ask(runId, call).copy();
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	/**
	 * What became of a request.
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
		 * Nobody decided in time, so the tool may not be called.
		 */
		TIMED_OUT

	}

}
