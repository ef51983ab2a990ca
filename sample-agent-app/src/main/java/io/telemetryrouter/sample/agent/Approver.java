package io.telemetryrouter.sample.agent;

import java.util.concurrent.CompletableFuture;

/**
 * Decides whether a tool may spend the customer's money. In production, a person decides.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface Approver {

	/**
	 * Requests a decision without waiting for it.
	 * @param runId the run
	 * @param call the call that would spend money
	 * @return the decision: {@code true} to approve, {@code false} to deny
	 */
	CompletableFuture<Boolean> ask(String runId, ToolRequest call);

}
