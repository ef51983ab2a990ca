package io.telemetryrouter.spring.autoconfigure.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;

import io.telemetryrouter.EventType;
import io.telemetryrouter.spring.contracts.ContractChecks;

/**
 * Registers a counter of violations for each contract.
 */
final class ContractMeters implements MeterBinder {

	private final ObjectProvider<ContractChecks> contracts;

	ContractMeters(ObjectProvider<ContractChecks> contracts) {
		this.contracts = contracts;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		@Nullable ContractChecks checks = this.contracts.getIfAvailable();
		if (checks == null) {
			return;
		}
		for (EventType<?> type : checks.types()) {
			FunctionCounter
				.builder("telemetry.router.contract.violations", checks, (each) -> each.violations(type.name()))
				.tag("event", type.name())
				.description("Payloads that broke the contract of their event")
				.baseUnit("events")
				.register(registry);
		}
	}

}
