package io.telemetryrouter.spring.autoconfigure;

import java.util.List;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.thread.Threading;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.util.function.SingletonSupplier;

import io.telemetryrouter.ContextCarrier;
import io.telemetryrouter.HandlerErrorListener;
import io.telemetryrouter.QuarantineSettings;
import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.TelemetryRouterBuilder;
import io.telemetryrouter.spring.TelemetryRouterCustomizer;
import io.telemetryrouter.spring.annotation.TelemetryListener;
import io.telemetryrouter.spring.annotation.TelemetryListenerProcessor;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} of the {@link TelemetryRouter} and of its
 * {@link TelemetryListener @TelemetryListener} methods.
 * <p>
 * With {@code telemetry-router.enabled=false} there still is a router, since code that
 * emits must not have to know, but one that leaves out every handler: nothing is
 * discovered, subscriptions are inactive, {@code hasHandlers} is false and an emit does
 * next to nothing. Everything that shows a router is left out too.
 *
 * @since 0.1.0
 */
@AutoConfiguration
@EnableConfigurationProperties(TelemetryRouterProperties.class)
public final class TelemetryRouterAutoConfiguration {

	@Bean
	static MapBindingAdvisor telemetryRouterMapBindingAdvisor() {
		return new MapBindingAdvisor();
	}

	@Bean
	static FallbackRouters telemetryRouterFallbackRouters() {
		return new FallbackRouters();
	}

	/*
	 * A bean of its own, so that a test can replace it and the router stays.
	 */
	@Bean
	@ConditionalOnMissingBean(ignored = TelemetryRouter.class, search = SearchStrategy.CURRENT)
	TelemetryEmitter telemetryEmitter(TelemetryRouter router) {
		return new RouterEmitter(router);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingBean(TelemetryRouter.class)
	static class RouterConfiguration {

		@Bean
		ConfiguredHandlers telemetryRouterConfiguredHandlers(TelemetryRouterProperties properties,
				ConfigurableEnvironment environment, ObjectProvider<TelemetryRouter> router) {
			new ConfigurationReader(environment).read(properties);
			return new ConfiguredHandlers(properties, router);
		}

		@Bean
		TelemetryRouter telemetryRouter(TelemetryRouterProperties properties, ConfiguredHandlers configuredHandlers,
				Environment environment, ObjectProvider<ContextCarrier> contextCarrier,
				ObjectProvider<HandlerErrorListener> errorListeners,
				ObjectProvider<TelemetryRouterCustomizer> customizers,
				ObjectProvider<LifecycleProperties> lifecycleProperties) {
			TelemetryRouterBuilder builder = TelemetryRouter.builder();
			apply(properties, builder);
			builder.shutdownTimeout(ShutdownTimeout.of(properties, lifecycleProperties).effective());
			builder.logger(new RouterLogger());
			if (Threading.VIRTUAL.isActive(environment)) {
				builder.laneExecutor(new VirtualThreadTaskExecutor("telemetry-router-"));
			}
			contextCarrier.ifUnique(builder::contextCarrier);
			// Found at the first failure, so that an error listener may itself emit
			SingletonSupplier<List<HandlerErrorListener>> listeners = SingletonSupplier
				.of(() -> errorListeners.orderedStream().toList());
			builder.errorListener((failure) -> listeners.obtain().forEach((listener) -> listener.onFailure(failure)));
			customizers.orderedStream().forEach((customizer) -> customizer.customize(builder));
			builder.specCustomizer(configuredHandlers);
			return builder.build();
		}

		private void apply(TelemetryRouterProperties properties, TelemetryRouterBuilder builder) {
			builder.maxHandlerQueue(properties.getMaxHandlerQueue())
				.defaultPriority(properties.getDefaultPriority())
				.overflow(properties.getOverflow())
				.blockTimeout(properties.getBlockTimeout())
				.slowThreshold(properties.getSlowThreshold())
				.maxDepth(properties.getMaxDepth())
				.maxNestedEmits(properties.getMaxNestedEmits())
				.maxEventNames(properties.getMaxEventNames())
				.stuckThreshold(properties.getStuckThreshold())
				.handlerTimeout(properties.getHandlerTimeout())
				.quarantine(quarantine(properties.getQuarantine()))
				.measureLatency(properties.isMeasureLatency())
				.holdEvents(properties.isEnabled() ? properties.getMaxHeldEvents() : 0);
		}

		private QuarantineSettings quarantine(TelemetryRouterProperties.Quarantine properties) {
			return new QuarantineSettings(properties.isEnabled(), properties.getFailures(), properties.getFailureRate(),
					properties.getWindow(), properties.getMinimumCalls(), properties.getDelay(),
					properties.getMaxDelay());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty(name = "telemetry-router.enabled", matchIfMissing = true)
	static class ListenerConfiguration {

		/*
		 * One for each context, also where the router is a parent's: a processor looks
		 * after the beans of its own context.
		 */
		@Bean
		@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
		static TelemetryListenerProcessor telemetryListenerProcessor(ObjectProvider<TelemetryRouter> router) {
			return new TelemetryListenerProcessor(router::getObject);
		}

		@Bean
		TelemetryRouterLifecycle telemetryRouterLifecycle(TelemetryRouter router,
				ConfigurableApplicationContext context, TelemetryRouterProperties properties,
				ObjectProvider<LifecycleProperties> lifecycleProperties) {
			return new TelemetryRouterLifecycle(router, context, ShutdownTimeout.of(properties, lifecycleProperties));
		}

	}

}
