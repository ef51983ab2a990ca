package io.telemetryrouter.spring.cost;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.agent.Run;

/**
 * Resolves the tenant of a run, for budgets per tenant. Called on the thread that emits
 * {@code model.call.completed}, which is a thread of the HTTP client if the answer is
 * streamed. Do not rely on thread-locals.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface TenantResolver {

	/**
	 * Returns the tenant.
	 * @param run the run of a model call
	 * @return the tenant; {@code null} to add the cost to no tenant
	 */
	@Nullable String tenantOf(Run run);

}
