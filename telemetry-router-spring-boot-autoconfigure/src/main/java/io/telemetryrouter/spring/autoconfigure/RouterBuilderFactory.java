package io.telemetryrouter.spring.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.apache.commons.logging.impl.NoOpLog;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.thread.Threading;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.util.ClassUtils;
import org.springframework.util.function.SingletonSupplier;

import io.telemetryrouter.ContextCarrier;
import io.telemetryrouter.HandlerErrorListener;
import io.telemetryrouter.QuarantineSettings;
import io.telemetryrouter.SpanSnapshot;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.TelemetryRouterBuilder;
import io.telemetryrouter.spring.TelemetryRouterCustomizer;
import io.telemetryrouter.spring.context.RunMdcCustomizer;

/**
 * Creates router builders with the settings of the properties and beans of the
 * application. When the context has started, it logs properties and beans without effect.
 */
final class RouterBuilderFactory implements ApplicationListener<ContextRefreshedEvent> {

	private static final Log logger = LogFactory.getLog(RouterBuilderFactory.class);

	private static final List<Class<?>> EXTENSIONS = List.of(TelemetryRouterCustomizer.class,
			HandlerErrorListener.class, ContextCarrier.class);

	private final TelemetryRouterProperties properties;

	private final ShutdownTimeout shutdownTimeout;

	private final ConfigurableApplicationContext context;

	private final ConfigurableListableBeanFactory beanFactory;

	private final ConfigurationReader configuration;

	private final ConfiguredHandlers handlers;

	private volatile boolean used;

	RouterBuilderFactory(TelemetryRouterProperties properties, ShutdownTimeout shutdownTimeout,
			ConfigurableApplicationContext context) {
		this.properties = properties;
		this.shutdownTimeout = shutdownTimeout;
		this.context = context;
		this.beanFactory = context.getBeanFactory();
		this.configuration = new ConfigurationReader(context.getEnvironment());
		this.configuration.read(properties, () -> partners(this.beanFactory));
		this.handlers = new ConfiguredHandlers(properties, this.configuration);
		ChangedProperties.observe(context, this.configuration);
	}

	/** Returns the properties classes of the partners that are present. */
	private static Map<String, Class<?>> partners(ConfigurableListableBeanFactory beanFactory) {
		Map<String, Class<?>> partners = new LinkedHashMap<>();
		for (String beanName : beanFactory.getBeanDefinitionNames()) {
			String prefix = BeanDefinitionAdjuster.partner(beanName);
			Class<?> type = (prefix != null) ? beanFactory.getType(beanName, false) : null;
			if (prefix != null && type != null) {
				partners.put(prefix, type);
			}
		}
		return partners;
	}

	TelemetryRouterBuilder create() {
		this.used = true;
		TelemetryRouterBuilder builder = TelemetryRouter.builder();
		apply(this.properties, builder);
		builder.shutdownTimeout(this.shutdownTimeout.effective());
		builder.logger(this.properties.isEnabled() ? new RouterLogger() : new RouterLogger(new NoOpLog()));
		builder.criticalEvents(this.handlers::isCritical);
		if (Threading.VIRTUAL.isActive(this.context.getEnvironment())) {
			builder.laneExecutor(new VirtualThreadTaskExecutor("telemetry-router-"));
		}
		if (ClassUtils.isPresent("reactor.core.scheduler.Schedulers", this.beanFactory.getBeanClassLoader())) {
			builder.blockingAllowed(() -> !Schedulers.isInNonBlockingThread());
		}
		ContextCarrier carrier = this.beanFactory.getBeanProvider(ContextCarrier.class).getIfUnique();
		if (carrier != null) {
			builder.contextCarrier(carrier);
		}
		// Resolved at the first failure: an error listener may depend on the router
		SingletonSupplier<List<HandlerErrorListener>> listeners = SingletonSupplier
			.of(() -> this.beanFactory.getBeanProvider(HandlerErrorListener.class).orderedStream().toList());
		builder.errorListener((failure) -> listeners.obtain().forEach((listener) -> listener.onFailure(failure)));
		for (TelemetryRouterCustomizer customizer : this.beanFactory.getBeanProvider(TelemetryRouterCustomizer.class)
			.orderedStream()
			.toList()) {
			customizer.customize(builder);
		}
		builder.specCustomizer(this.handlers);
		if (this.properties.getRuns().isMdc()) {
			builder.specCustomizer(new RunMdcCustomizer());
		}
		return builder;
	}

	private static void apply(TelemetryRouterProperties properties, TelemetryRouterBuilder builder) {
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
			.spanDanglingAfter(properties.getSpans().getDanglingAfter())
			.quarantine(quarantine(properties.getQuarantine()))
			.measureLatency(properties.isMeasureLatency())
			.holdEvents(properties.isEnabled() ? properties.getMaxHeldEvents() : 0);
	}

	private static QuarantineSettings quarantine(TelemetryRouterProperties.Quarantine properties) {
		return new QuarantineSettings(properties.isEnabled(), properties.getFailures(), properties.getFailureRate(),
				properties.getWindow(), properties.getMinimumCalls(), properties.getDelay(), properties.getMaxDelay());
	}

	@Override
	public void onApplicationEvent(ContextRefreshedEvent event) {
		if (!event.getApplicationContext().equals(this.context)) {
			return;
		}
		if (!this.properties.isEnabled()) {
			logger.info(
					"Telemetry router is disabled: 'telemetry-router.enabled' is 'false', so no handler gets an event");
		}
		FrozenConditions.report(this.context.getEnvironment(), this.beanFactory, this.properties.isEnabled());
		String[] names = this.beanFactory.getBeanNamesForType(TelemetryRouter.class);
		for (String name : names) {
			if (this.beanFactory.containsSingleton(name)) {
				started(name, this.beanFactory.getBean(name, TelemetryRouter.class));
			}
		}
		if (this.used) {
			reportCarriers();
		}
		else if (names.length == 0) {
			ApplicationContext parent = this.context.getParent();
			warn("The context uses the TelemetryRouter of its parent context", "Move them to the parent context",
					(parent != null && parent.getEnvironment() instanceof ConfigurableEnvironment environment)
							? environment : null);
		}
	}

	private void started(String name, TelemetryRouter router) {
		// A second router of the application holds events as well
		router.start();
		@Nullable SpanSnapshot spans = router.spanSnapshot();
		if (spans == null) {
			// The router is a mock
			return;
		}
		if (this.used) {
			this.handlers.reportUnused();
		}
		else {
			warn("TelemetryRouter bean '" + name + "' was not built with the TelemetryRouterBuilder bean",
					"Inject TelemetryRouterBuilder and call build(), instead of TelemetryRouter.builder()", null);
		}
	}

	private void reportCarriers() {
		ObjectProvider<ContextCarrier> carriers = this.beanFactory.getBeanProvider(ContextCarrier.class);
		if (carriers.getIfUnique() == null && carriers.stream().findAny().isPresent()) {
			logger
				.warn("ContextCarrier beans '"
						+ String.join("', '",
								BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beanFactory,
										ContextCarrier.class))
						+ "' have no effect: a router has one. Mark one of them with @Primary.");
		}
	}

	private void warn(String reason, String action, @Nullable ConfigurableEnvironment parent) {
		List<String> ignored = new ArrayList<>();
		for (Class<?> type : EXTENSIONS) {
			for (String name : this.beanFactory.getBeanNamesForType(type, true, false)) {
				if (!name.startsWith("telemetryRouter")) {
					ignored.add("bean '" + name + "'");
				}
			}
		}
		TreeSet<String> properties = new TreeSet<>(this.configuration.namesForBuilder());
		if (parent != null) {
			properties.removeAll(new ConfigurationReader(parent).namesForBuilder());
		}
		properties.forEach((name) -> ignored.add("'" + name + "'"));
		if (!ignored.isEmpty()) {
			logger.warn(reason + ", so these have no effect: " + String.join(", ", ignored) + ". " + action + ".");
		}
	}

}
