package io.telemetryrouter.spring.autoconfigure.contracts;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import io.telemetryrouter.spring.contracts.ContractMode;

/**
 * Configuration properties of contracts.
 *
 * @param mode Reaction to a payload that violates the contract of its event. Unless off,
 * listeners that do not match a contract fail the start.
 * @param convertMaps Whether to convert an emitted Map with Jackson for listeners with a
 * record as payload type.
 * @since 0.1.0
 */
@ConfigurationProperties(prefix = "telemetry-router.contracts", ignoreUnknownFields = false)
public record TelemetryRouterContractsProperties(@DefaultValue("warn") ContractMode mode,
		@DefaultValue("false") boolean convertMaps) {
}
