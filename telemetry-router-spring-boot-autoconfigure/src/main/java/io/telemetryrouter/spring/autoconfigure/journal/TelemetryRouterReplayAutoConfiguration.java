package io.telemetryrouter.spring.autoconfigure.journal;

import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.journal.EventUpcaster;
import io.telemetryrouter.journal.TelemetryReplayer;
import io.telemetryrouter.spring.actuate.endpoint.TelemetryRouterReplayEndpoint;
import io.telemetryrouter.spring.autoconfigure.OnRouterCondition;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;
import io.telemetryrouter.spring.contracts.TelemetryContracts;

/**
 * Auto-configuration for a {@link TelemetryReplayer} of the journal in
 * {@code telemetry-router.journal.directory}, even if this application does not write to
 * it. {@link EventUpcaster} beans convert old payloads to the latest version.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = TelemetryRouterAutoConfiguration.class,
		afterName = "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration")
@ConditionalOnClass(TelemetryReplayer.class)
@ConditionalOnBooleanProperty(name = "telemetry-router.enabled", matchIfMissing = true)
@Conditional(OnRouterCondition.class)
@EnableConfigurationProperties(TelemetryRouterJournalProperties.class)
public final class TelemetryRouterReplayAutoConfiguration {

	@Bean
	@Lazy
	@ConditionalOnMissingBean
	TelemetryReplayer telemetryReplayer(TelemetryRouterJournalProperties properties, TelemetryRouter router,
			ObjectProvider<JsonMapper> mapper, ObjectProvider<EventUpcaster> upcasters,
			ObjectProvider<TelemetryContracts> contracts) {
		return new TelemetryReplayer(JournalDirectory.of(properties), router, mapper.getIfUnique(JsonMapper::shared),
				upcasters.orderedStream().toList(), contracts.getIfUnique(TelemetryContracts::of).types());
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
	static class ReplayEndpointConfiguration {

		@Bean
		@ConditionalOnAvailableEndpoint
		@ConditionalOnMissingBean
		TelemetryRouterReplayEndpoint telemetryRouterReplayEndpoint(TelemetryReplayer replayer,
				ApplicationEventPublisher publisher) {
			return new TelemetryRouterReplayEndpoint(replayer, publisher);
		}

	}

}
