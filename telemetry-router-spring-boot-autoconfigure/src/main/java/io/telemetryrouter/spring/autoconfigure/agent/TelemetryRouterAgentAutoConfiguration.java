package io.telemetryrouter.spring.autoconfigure.agent;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.spring.agent.AgentTelemetry;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;

/**
 * Auto-configuration for {@link AgentTelemetry}, which adapters to agent frameworks use.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = TelemetryRouterAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "telemetry-router.enabled", matchIfMissing = true)
@EnableConfigurationProperties(TelemetryRouterAgentProperties.class)
public final class TelemetryRouterAgentAutoConfiguration {

	/*
	 * Resolves the emitter lazily, since adapters are created early, with the beans that
	 * they observe.
	 */
	@Bean
	@Lazy
	@ConditionalOnMissingBean
	AgentTelemetry telemetryRouterAgentTelemetry(ObjectProvider<TelemetryEmitter> emitter,
			TelemetryRouterAgentProperties properties) {
		return new AgentTelemetry(emitter::getObject, properties.isCaptureContent());
	}

}
