package io.telemetryrouter.spring.autoconfigure;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Currency;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.convert.ConversionException;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.util.unit.DataSize;

/**
 * Analyzes a value that cannot be converted to the type of its property, and says what to
 * write instead. Spring Boot's own analysis does not.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class UnconvertiblePropertyFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {

	private static final Map<Class<?>, String> EXAMPLES = Map.of(Duration.class,
			"a duration such as '100ms', '5s' or '10m'", DataSize.class, "a size such as '512KB' or '64MB'",
			Boolean.class, "'true' or 'false'", Integer.class,
			"a whole number such as '100', at most " + Integer.MAX_VALUE, Double.class, "a number such as '0.8'",
			BigDecimal.class, "a number such as '0.8'", Currency.class, "an ISO 4217 code such as 'USD'", ZoneId.class,
			"a time zone such as 'Europe/Berlin'");

	private final Environment environment;

	UnconvertiblePropertyFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
		ConfigurationPropertyName name = cause.getName();
		if (!ConfigurationReader.PREFIX.isAncestorOf(name) || !(cause.getCause() instanceof ConversionException)) {
			return null;
		}
		ConfigurationProperty property = (cause.getProperty() != null) ? cause.getProperty() : find(name);
		Class<?> type = ClassUtils.resolvePrimitiveIfNecessary(cause.getTarget().getType().toClass());
		String text = UnboundPropertyFailureAnalyzer.text(name);
		if (property == null) {
			return null;
		}
		if (UnboundPropertyFailureAnalyzer.isGroup(type)) {
			return analysis(cause, text, property, InvalidTelemetryRouterPropertyException.GROUP,
					"Append one of: " + String.join(", ", UnboundPropertyFailureAnalyzer.names(type)) + ".");
		}
		String example = type.isEnum() ? "one of: " + constants(type) : EXAMPLES.get(type);
		return (example != null)
				? analysis(cause, text, property, "The value cannot be read.", "Set it to " + example + ".") : null;
	}

	private @Nullable ConfigurationProperty find(ConfigurationPropertyName name) {
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			ConfigurationProperty property = source.getConfigurationProperty(name);
			if (property != null) {
				return property;
			}
		}
		return null;
	}

	private static String constants(Class<?> type) {
		return Arrays.stream(type.getEnumConstants())
			.map((constant) -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-'))
			.collect(Collectors.joining(", "));
	}

	private static FailureAnalysis analysis(BindException cause, String name, ConfigurationProperty property,
			String reason, String action) {
		return new InvalidTelemetryRouterPropertyFailureAnalyzer().analyze(cause,
				new InvalidTelemetryRouterPropertyException(name, property.getValue(), property.getOrigin(), reason,
						action));
	}

}
