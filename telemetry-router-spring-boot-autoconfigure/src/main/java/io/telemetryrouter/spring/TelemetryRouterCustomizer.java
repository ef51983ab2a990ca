package io.telemetryrouter.spring;

import io.telemetryrouter.TelemetryRouterBuilder;

/**
 * Customizes the builder of the auto-configured router after the properties have been
 * applied to it. Beans of this type are called in {@code @Order} order.
 * <p>
 * Settings of single handlers and events under {@code telemetry-router.handlers} and
 * {@code telemetry-router.events} take precedence: they are applied after every
 * {@code HandlerSpecCustomizer} that a customizer adds.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface TelemetryRouterCustomizer {

	/**
	 * Customizes the builder.
	 * @param builder the builder of the router
	 */
	void customize(TelemetryRouterBuilder builder);

}
