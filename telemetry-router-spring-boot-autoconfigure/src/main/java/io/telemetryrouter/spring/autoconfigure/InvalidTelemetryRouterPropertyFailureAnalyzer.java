package io.telemetryrouter.spring.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Analyzes an {@link InvalidTelemetryRouterPropertyException}, in the format of Spring
 * Boot's analysis of values that cannot be bound.
 */
final class InvalidTelemetryRouterPropertyFailureAnalyzer
		extends AbstractFailureAnalyzer<InvalidTelemetryRouterPropertyException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidTelemetryRouterPropertyException cause) {
		StringBuilder description = new StringBuilder(
				"The configuration of the telemetry router is invalid:%n%n".formatted());
		description.append("    Property: %s%n".formatted(cause.getProperty()));
		description.append("    Value: \"%s\"%n".formatted(cause.getValue()));
		if (cause.getOrigin() != null) {
			description.append("    Origin: %s%n".formatted(cause.getOrigin()));
		}
		description.append("    Reason: %s".formatted(cause.getReason()));
		return new FailureAnalysis(description.toString(), cause.getAction(), cause);
	}

}
