package io.telemetryrouter.spring.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.context.annotation.Scope;
import org.springframework.core.env.Environment;

import io.telemetryrouter.EventType;
import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.TelemetryRouterBuilder;
import io.telemetryrouter.spring.annotation.TelemetryListener;
import io.telemetryrouter.spring.annotation.TelemetryListenerProcessor;
import io.telemetryrouter.spring.contracts.ContractChecks;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} of the {@link TelemetryRouter} and of its
 * {@link TelemetryListener @TelemetryListener} methods.
 * <p>
 * A {@link TelemetryRouter} bean of the application replaces the auto-configured one.
 * Build it with the {@link TelemetryRouterBuilder} bean, a prototype that has the
 * settings of properties, customizers and other beans.
 * <p>
 * With {@code telemetry-router.enabled=false} there still is a router bean, so that
 * emitting code works unchanged, but no handler is registered: listener methods are not
 * searched, subscriptions are inactive, {@code hasHandlers} returns {@code false} and an
 * emit has no effect. The endpoint, meters and health indicator are absent.
 *
 * @since 0.1.0
 */
@AutoConfiguration
@EnableConfigurationProperties(TelemetryRouterProperties.class)
public final class TelemetryRouterAutoConfiguration {

	/*
	 * Created by the first binding of properties, perhaps before bean post-processors are
	 * registered, which need not process it.
	 */
	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static MapBindingAdvisor telemetryRouterMapBindingAdvisor() {
		return new MapBindingAdvisor();
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static BeanDefinitionAdjuster telemetryRouterBeanDefinitionAdjuster(Environment environment) {
		return new BeanDefinitionAdjuster(environment);
	}

	@Bean
	RouterBuilderFactory telemetryRouterBuilderFactory(TelemetryRouterProperties properties,
			ConfigurableApplicationContext context, ObjectProvider<LifecycleProperties> lifecycleProperties) {
		return new RouterBuilderFactory(properties, ShutdownTimeout.of(properties, lifecycleProperties), context);
	}

	@Bean
	@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	TelemetryRouterBuilder telemetryRouterBuilder(RouterBuilderFactory factory) {
		return factory.create();
	}

	@Bean
	@ConditionalOnMissingBean
	TelemetryRouter telemetryRouter(TelemetryRouterBuilder builder) {
		return builder.build();
	}

	/*
	 * A separate bean, so that a test can replace it without replacing the router.
	 */
	@Bean
	@ConditionalOnMissingBean(ignored = TelemetryRouter.class, search = SearchStrategy.CURRENT)
	TelemetryEmitter telemetryEmitter(TelemetryRouter router) {
		return new RouterEmitter(router);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty(name = "telemetry-router.enabled", matchIfMissing = true)
	static class ListenerConfiguration {

		/*
		 * One for each context, also if the router belongs to a parent: a processor
		 * registers the beans of its own context.
		 */
		@Bean
		@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
		static TelemetryListenerProcessor telemetryListenerProcessor(ObjectProvider<TelemetryRouter> router,
				ObjectProvider<ContractChecks> contracts) {
			return new TelemetryListenerProcessor(router::getObject, () -> types(contracts));
		}

		private static List<EventType<?>> types(Iterable<ContractChecks> contracts) {
			List<EventType<?>> types = new ArrayList<>();
			for (ContractChecks checks : contracts) {
				types.addAll(checks.types());
			}
			return types;
		}

		@Bean
		TelemetryRouterLifecycle telemetryRouterLifecycle(TelemetryRouter router,
				ConfigurableApplicationContext context, TelemetryRouterProperties properties,
				ObjectProvider<LifecycleProperties> lifecycleProperties, ObjectProvider<StartDetail> details) {
			return new TelemetryRouterLifecycle(router, context, ShutdownTimeout.of(properties, lifecycleProperties),
					details);
		}

		@Bean
		TelemetryRouterCloser telemetryRouterCloser(TelemetryRouter router, ConfigurableApplicationContext context,
				ObjectProvider<TelemetryRouterLifecycle> lifecycle) {
			return new TelemetryRouterCloser(router, context, lifecycle);
		}

	}

}
