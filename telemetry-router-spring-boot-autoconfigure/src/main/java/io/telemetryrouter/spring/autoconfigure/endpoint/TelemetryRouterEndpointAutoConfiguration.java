package io.telemetryrouter.spring.autoconfigure.endpoint;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.actuate.endpoint.RunJournal;
import io.telemetryrouter.spring.actuate.endpoint.TelemetryRouterEndpoint;
import io.telemetryrouter.spring.actuate.endpoint.TelemetryRouterEndpointWebExtension;
import io.telemetryrouter.spring.autoconfigure.OnRouterCondition;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;

/**
 * Auto-configuration for {@link TelemetryRouterEndpoint}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = TelemetryRouterAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBooleanProperty(name = "telemetry-router.enabled", matchIfMissing = true)
@Conditional(OnRouterCondition.class)
@EnableConfigurationProperties(TelemetryRouterEndpointProperties.class)
public final class TelemetryRouterEndpointAutoConfiguration {

	@Bean
	@ConditionalOnAvailableEndpoint
	@ConditionalOnMissingBean
	TelemetryRouterEndpoint telemetryRouterEndpoint(TelemetryRouter router,
			TelemetryRouterEndpointProperties properties, ApplicationEventPublisher publisher,
			ObjectProvider<RunJournal> journal) {
		return new TelemetryRouterEndpoint(router, properties.getShowValues(), publisher, journal.getIfAvailable());
	}

	@Bean
	EndpointStartDetail telemetryRouterEndpointStartDetail(ObjectProvider<TelemetryRouterEndpoint> endpoint,
			ObjectProvider<PathMappedEndpoints> paths, TelemetryRouterEndpointProperties properties,
			ObjectProvider<RunJournal> journal, ApplicationContext context) {
		return new EndpointStartDetail(endpoint, paths, properties.getShowValues(), journal, context);
	}

	@Bean
	@ConditionalOnAvailableEndpoint(endpoint = TelemetryRouterEndpoint.class, exposure = EndpointExposure.WEB)
	@ConditionalOnMissingBean
	TelemetryRouterEndpointWebExtension telemetryRouterEndpointWebExtension(TelemetryRouterEndpoint endpoint,
			TelemetryRouterEndpointProperties properties) {
		return new TelemetryRouterEndpointWebExtension(endpoint, properties.getShowValues(), properties.getRoles());
	}

}
