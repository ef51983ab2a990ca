package io.telemetryrouter.spring.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import io.telemetryrouter.spring.annotation.TelemetryListenerDefinitionException;

/**
 * Analyzes a {@link TelemetryListenerDefinitionException}.
 */
final class TelemetryListenerDefinitionFailureAnalyzer
		extends AbstractFailureAnalyzer<TelemetryListenerDefinitionException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, TelemetryListenerDefinitionException cause) {
		String description = "A @TelemetryListener method cannot be used as a handler:%n%n    Bean: %s%n    Method: %s%n    Reason: %s"
			.formatted(cause.getBeanName(), cause.getMethod(), cause.getReason());
		return new FailureAnalysis(description, cause.getAction(), cause);
	}

}
