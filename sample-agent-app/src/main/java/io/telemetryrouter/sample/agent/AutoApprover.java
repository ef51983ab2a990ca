package io.telemetryrouter.sample.agent;

import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Approver of the sample: decides on another thread, by the name of the tool.
 *
 * @since 0.1.0
 */
public final class AutoApprover implements Approver {

	private final Set<String> denied;

	/**
	 * Creates an approver that approves all other tools.
	 * @param denied the names of the denied tools
	 */
	public AutoApprover(Set<String> denied) {
		this.denied = Set.copyOf(denied);
	}

	@Override
	public CompletableFuture<Boolean> ask(String runId, ToolRequest call) {
		return CompletableFuture.supplyAsync(() -> !this.denied.contains(call.tool()));
	}

}
