package io.telemetryrouter.spring.autoconfigure.contracts;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import io.telemetryrouter.spring.contracts.ContractMode;

/**
 * Configuration properties of contracts.
 *
 * @param mode What happens when a payload breaks the contract of its event. Unless off,
 * listeners that do not fit a contract fail the start.
 * @param convertMaps Whether listeners that ask for a record get a Map that was emitted,
 * converted by Jackson.
 * @since 0.1.0
 */
@ConfigurationProperties(prefix = "telemetry-router.contracts", ignoreUnknownFields = false)
public record TelemetryRouterContractsProperties(@DefaultValue("warn") ContractMode mode,
		@DefaultValue("false") boolean convertMaps) {
}
