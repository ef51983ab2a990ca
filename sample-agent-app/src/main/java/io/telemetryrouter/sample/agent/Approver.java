package io.telemetryrouter.sample.agent;

import java.util.concurrent.CompletableFuture;

/**
 * Decides whether a tool may spend the customer's money: a person with a button, in
 * earnest.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface Approver {

	/**
	 * Asks for a decision without waiting for it.
	 * @param runId the run
	 * @param call the call that would spend money
	 * @return completes with {@code true} to approve, {@code false} to deny
	 */
	CompletableFuture<Boolean> ask(String runId, ToolRequest call);

}
