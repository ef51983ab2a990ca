package io.telemetryrouter.spring.contracts;

import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EventType;
import io.telemetryrouter.PayloadCheck;
import io.telemetryrouter.PayloadViolationException;
import io.telemetryrouter.TelemetryRouterBuilder;
import io.telemetryrouter.spring.TelemetryRouterCustomizer;

/**
 * Checks payloads against contracts during the emit, and counts violations. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ContractChecks implements TelemetryRouterCustomizer {

	private final TelemetryContracts contracts;

	private final SortedMap<String, Check> checks = new TreeMap<>();

	/**
	 * Creates checks.
	 * @param contracts the contracts
	 * @param enforced whether {@code emit} throws an exception for a violation
	 * @param maps whether a {@code Map} is accepted too, since it is converted for
	 * listeners
	 * @param constraints returns the constraints that a payload violates, or {@code null}
	 */
	public ContractChecks(TelemetryContracts contracts, boolean enforced, boolean maps,
			Function<Object, @Nullable String> constraints) {
		this.contracts = contracts;
		for (EventType<?> type : contracts.types()) {
			this.checks.put(type.name(), new Check(type, enforced, maps, constraints, new LongAdder()));
		}
	}

	/**
	 * Returns the checked contracts.
	 * @return the types, by name in alphabetical order
	 */
	public Collection<EventType<?>> types() {
		return this.contracts.types();
	}

	/**
	 * Returns the number of an event's payloads that violated its contract.
	 * @param event the event's name
	 * @return the number, 0 for an event without a contract
	 */
	public long violations(String event) {
		Check check = this.checks.get(event);
		return (check != null) ? check.violations.sum() : 0;
	}

	@Override
	public void customize(TelemetryRouterBuilder builder) {
		for (Map.Entry<String, Check> check : this.checks.entrySet()) {
			builder.payloadCheck(check.getKey(), check.getValue());
		}
	}

	private record Check(EventType<?> type, boolean enforced, boolean maps,
			Function<Object, @Nullable String> constraints, LongAdder violations) implements PayloadCheck {

		@Override
		public @Nullable String check(@Nullable Object payload) {
			String problem = problem(payload);
			if (problem == null) {
				return null;
			}
			this.violations.increment();
			if (this.enforced) {
				throw new PayloadViolationException(
						"Payload of event '" + this.type.name() + "' breaks its contract: " + problem);
			}
			return problem;
		}

		private @Nullable String problem(@Nullable Object payload) {
			if (payload != null && this.type.payloadType().isInstance(payload)) {
				return this.constraints.apply(payload);
			}
			if (this.maps && payload instanceof Map) {
				return null;
			}
			return "it is " + ((payload != null) ? "a " + payload.getClass().getName() : "null") + ", not a "
					+ this.type.payloadType().getName();
		}

	}

}
