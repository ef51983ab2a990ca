package io.telemetryrouter.spring.autoconfigure;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;

import io.telemetryrouter.spring.autoconfigure.TelemetryRouterProperties.Handler;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterProperties.Quarantine;

/**
 * Rejects values that {@link TelemetryRouterProperties} can represent but a router does
 * not accept.
 */
final class ConfigurationChecks {

	private static final ConfigurationPropertyName PREFIX = ConfigurationReader.PREFIX;

	private static final ConfigurationPropertyName QUARANTINE = ConfigurationReader.QUARANTINE;

	private final List<ConfigurationPropertySource> sources;

	/**
	 * Creates the checks.
	 * @param sources the sources of the values, to find the origin of an invalid one
	 */
	ConfigurationChecks(List<ConfigurationPropertySource> sources) {
		this.sources = sources;
	}

	void checkEntry(ConfigurationPropertyName name, Object entry) {
		if (entry instanceof Handler handler) {
			requireAtLeast(1, name.append("max-queue"), handler.getMaxQueue());
			requireAtLeast(1, name.append("concurrency"), handler.getConcurrency());
			requireTime(true, name.append("handler-timeout"), handler.getHandlerTimeout());
			requireTime(false, name.append("slow-threshold"), handler.getSlowThreshold());
		}
	}

	void checkAll(TelemetryRouterProperties properties) {
		requireAtLeast(1, PREFIX.append("max-handler-queue"), properties.getMaxHandlerQueue());
		requireAtLeast(1, PREFIX.append("max-depth"), properties.getMaxDepth());
		requireAtLeast(1, PREFIX.append("max-nested-emits"), properties.getMaxNestedEmits());
		requireAtLeast(1, PREFIX.append("max-event-names"), properties.getMaxEventNames());
		requireAtLeast(1, PREFIX.append("max-event-tags"), properties.getMaxEventTags());
		requireAtLeast(0, PREFIX.append("max-held-events"), properties.getMaxHeldEvents());
		requireTime(false, PREFIX.append("block-timeout"), properties.getBlockTimeout());
		requireTime(false, PREFIX.append("slow-threshold"), properties.getSlowThreshold());
		requireTime(true, PREFIX.append("shutdown-timeout"), properties.getShutdownTimeout());
		requireTime(true, PREFIX.append("stuck-threshold"), properties.getStuckThreshold());
		requireTime(true, PREFIX.append("handler-timeout"), properties.getHandlerTimeout());
		requireTime(true, PREFIX.append("spans.dangling-after"), properties.getSpans().getDanglingAfter());
		checkQuarantine(properties.getQuarantine());
	}

	private void checkQuarantine(Quarantine quarantine) {
		requireAtLeast(1, QUARANTINE.append("failures"), quarantine.getFailures());
		double rate = quarantine.getFailureRate();
		if (!(rate > 0 && rate <= 1)) {
			ConfigurationPropertyName name = QUARANTINE.append("failure-rate");
			throw invalid(name, rate, "Share must be greater than 0 and at most 1.",
					"Set '" + PropertyNames.text(name) + "' to a number such as '0.8'.");
		}
		requireTime(false, QUARANTINE.append("window"), quarantine.getWindow());
		requireAtLeast(1, QUARANTINE.append("minimum-calls"), quarantine.getMinimumCalls());
		requireTime(false, QUARANTINE.append("delay"), quarantine.getDelay());
		requireTime(false, QUARANTINE.append("max-delay"), quarantine.getMaxDelay());
		if (quarantine.getMaxDelay().compareTo(quarantine.getDelay()) < 0) {
			ConfigurationPropertyName name = QUARANTINE.append("max-delay");
			String delay = PropertyNames.text(QUARANTINE.append("delay"));
			throw invalid(name, quarantine.getMaxDelay(),
					"Duration must not be shorter than '" + delay + "', which is "
							+ LogText.duration(quarantine.getDelay()) + ".",
					"Raise '" + PropertyNames.text(name) + "', or lower '" + delay + "'.");
		}
	}

	private void requireAtLeast(int minimum, ConfigurationPropertyName name, @Nullable Integer value) {
		if (value != null && value < minimum) {
			throw invalid(name, value, "Value must be at least " + minimum + ".",
					"Set '" + PropertyNames.text(name) + "' to a number of at least " + minimum + ".");
		}
	}

	private void requireTime(boolean zero, ConfigurationPropertyName name, @Nullable Duration value) {
		if (value != null && (value.isNegative() || (!zero && value.isZero()))) {
			String reason = zero ? "not be negative" : "be positive";
			throw invalid(name, value, "Duration must " + reason + ".", "Set '" + PropertyNames.text(name)
					+ "' to a duration such as '100ms' or '5s'; it must " + reason + ".");
		}
	}

	InvalidTelemetryRouterPropertyException invalid(ConfigurationPropertyName name, @Nullable Object value,
			String reason, String action) {
		ConfigurationProperty property = find(name);
		return new InvalidTelemetryRouterPropertyException(PropertyNames.text(name),
				(property != null) ? property.getValue() : value, (property != null) ? property.getOrigin() : null,
				reason, action);
	}

	/** Returns a property, {@code null} if no source has it. */
	@Nullable ConfigurationProperty find(ConfigurationPropertyName name) {
		for (ConfigurationPropertySource source : this.sources) {
			ConfigurationProperty property = source.getConfigurationProperty(name);
			if (property != null) {
				return property;
			}
		}
		return null;
	}

}
