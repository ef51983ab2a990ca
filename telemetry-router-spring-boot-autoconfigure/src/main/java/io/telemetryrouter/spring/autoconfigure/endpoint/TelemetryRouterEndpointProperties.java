package io.telemetryrouter.spring.autoconfigure.endpoint;

import java.util.HashSet;
import java.util.Set;

import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Configuration properties of the router's endpoint.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("management.endpoint.telemetryrouter")
public class TelemetryRouterEndpointProperties {

	/**
	 * When to show stack traces of stuck calls, types and messages of failures, which may
	 * quote payloads, and payloads of runs in the journal, in addition to counts and
	 * latencies.
	 */
	private Show showValues = Show.NEVER;

	/**
	 * Roles used to determine whether a user is authorized to see stack traces, failures
	 * and payloads. When empty, all authenticated users are authorized.
	 */
	private final Set<String> roles = new HashSet<>();

	public Show getShowValues() {
		return this.showValues;
	}

	public void setShowValues(Show showValues) {
		this.showValues = showValues;
	}

	public Set<String> getRoles() {
		return this.roles;
	}

}
