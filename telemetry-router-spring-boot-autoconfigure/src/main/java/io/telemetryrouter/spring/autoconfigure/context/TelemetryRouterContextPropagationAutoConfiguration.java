package io.telemetryrouter.spring.autoconfigure.context;

import io.micrometer.context.ContextSnapshotFactory;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

import io.telemetryrouter.ContextCarrier;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;
import io.telemetryrouter.spring.context.MicrometerContextCarrier;
import io.telemetryrouter.spring.context.RunContextRegistration;

/**
 * Auto-configuration for context propagation to asynchronous handlers with
 * {@link MicrometerContextCarrier}. A {@link ContextCarrier} bean of the application
 * replaces it. Runs are also propagated to Reactor and to context-propagating executors.
 *
 * @since 0.1.0
 */
@AutoConfiguration(before = TelemetryRouterAutoConfiguration.class)
@ConditionalOnClass(ContextSnapshotFactory.class)
@ConditionalOnBooleanProperty(name = "telemetry-router.enabled", matchIfMissing = true)
public final class TelemetryRouterContextPropagationAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(ContextCarrier.class)
	MicrometerContextCarrier telemetryRouterContextCarrier() {
		return new MicrometerContextCarrier();
	}

	@Bean
	@Lazy(false)
	static RunContextRegistration telemetryRouterRunContextRegistration() {
		return new RunContextRegistration();
	}

}
