package io.telemetryrouter.spring.autoconfigure.contracts;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import io.telemetryrouter.spring.contracts.ContractDefinitionException;

/**
 * Analyzes a {@link ContractDefinitionException}.
 */
final class ContractDefinitionFailureAnalyzer extends AbstractFailureAnalyzer<ContractDefinitionException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, ContractDefinitionException cause) {
		return new FailureAnalysis(cause.getReason(), cause.getAction(), cause);
	}

}
