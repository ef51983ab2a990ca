package io.telemetryrouter.spring.cost;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.agent.Run;

/**
 * Says which tenant a run is for, where a budget is per tenant. Called on the thread that
 * emits {@code model.call.completed}, which in a stream is the HTTP client's: go by the
 * run, not by the thread.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface TenantResolver {

	/**
	 * Returns the tenant.
	 * @param run the run of a model call
	 * @return the tenant; {@code null} for none, whose costs count for no tenant
	 */
	@Nullable String tenantOf(Run run);

}
