package io.telemetryrouter.spring.autoconfigure.contracts;

import java.util.Collection;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.util.ClassUtils;

import io.telemetryrouter.EventType;
import io.telemetryrouter.HandlerSpecCustomizer;
import io.telemetryrouter.spring.TelemetryRouterCustomizer;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;
import io.telemetryrouter.spring.contracts.ContractChecks;
import io.telemetryrouter.spring.contracts.ContractMode;
import io.telemetryrouter.spring.contracts.TelemetryContracts;

/**
 * Auto-configuration of {@link TelemetryContracts}: payload classes with
 * {@code @TelemetryEventType} in the packages of the application, and {@link EventType}
 * beans.
 *
 * @since 0.1.0
 */
@AutoConfiguration(before = TelemetryRouterAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "telemetry-router.enabled", matchIfMissing = true)
@EnableConfigurationProperties(TelemetryRouterContractsProperties.class)
@Import(ContractScanner.class)
public final class TelemetryRouterContractsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	@SuppressWarnings({ "unchecked", "rawtypes" })
	TelemetryContracts telemetryRouterContracts(ListableBeanFactory beanFactory) {
		Collection<EventType> types = BeanFactoryUtils.beansOfTypeIncludingAncestors(beanFactory, EventType.class)
			.values();
		return TelemetryContracts.of((Collection<EventType<?>>) (Collection) types);
	}

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	ContractChecks telemetryRouterContractChecks(TelemetryContracts contracts,
			ObjectProvider<TelemetryRouterContractsProperties> contractsProperties, BeanFactory beanFactory) {
		if (contracts.types().isEmpty()) {
			return new ContractChecks(contracts, false, false, (payload) -> null);
		}
		TelemetryRouterContractsProperties properties = contractsProperties.getObject();
		ContractMode mode = properties.mode();
		return new ContractChecks((mode != ContractMode.OFF) ? contracts : TelemetryContracts.of(),
				mode == ContractMode.ENFORCE, properties.convertMaps(), constraints(beanFactory));
	}

	private static Function<Object, @Nullable String> constraints(BeanFactory beanFactory) {
		return ClassUtils.isPresent("jakarta.validation.Validator", null) ? OptionalPartners.constraints(beanFactory)
				: (payload) -> null;
	}

	@Bean
	TelemetryRouterCustomizer telemetryRouterCriticalContracts(TelemetryContracts contracts) {
		return (builder) -> builder.criticalEvents(contracts::isCritical);
	}

	@Bean
	@ConditionalOnBooleanProperty("telemetry-router.contracts.convert-maps")
	TelemetryRouterCustomizer telemetryRouterMapConversion(BeanFactory beanFactory) {
		if (!ClassUtils.isPresent("tools.jackson.databind.json.JsonMapper", null)) {
			throw new InvalidConfigurationPropertyValueException("telemetry-router.contracts.convert-maps", true,
					"It needs tools.jackson.core:jackson-databind on the class path.");
		}
		HandlerSpecCustomizer conversion = OptionalPartners.conversion(beanFactory);
		return (builder) -> builder.specCustomizer(conversion);
	}

}
