package io.telemetryrouter.spring.autoconfigure.reactor;

import reactor.core.publisher.Flux;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;
import io.telemetryrouter.spring.reactor.ReactiveTelemetryEmitter;

/**
 * Auto-configuration of a {@link ReactiveTelemetryEmitter} if Reactor is present.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = TelemetryRouterAutoConfiguration.class)
@ConditionalOnClass(Flux.class)
public final class TelemetryRouterReactorAutoConfiguration {

	@Bean
	@Lazy
	@ConditionalOnMissingBean
	ReactiveTelemetryEmitter reactiveTelemetryEmitter(TelemetryEmitter emitter) {
		return new ReactiveTelemetryEmitter(emitter);
	}

}
