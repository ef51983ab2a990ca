package io.telemetryrouter.spring.autoconfigure.contracts;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.core.type.classreading.MetadataReaderFactory;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;

import io.telemetryrouter.EventType;
import io.telemetryrouter.TelemetryEventType;

/**
 * Finds payload classes with {@link TelemetryEventType} in the packages of the
 * application, and registers an {@link EventType} bean definition for each. AOT
 * processing includes these definitions, so the application does not scan at run time.
 */
final class ContractScanner implements ImportBeanDefinitionRegistrar {

	/** See Spring Boot's {@code SharedMetadataReaderFactoryContextInitializer}. */
	private static final String METADATA = "org.springframework.boot.autoconfigure.internalCachingMetadataReaderFactory";

	private final BeanFactory beanFactory;

	private final Environment environment;

	private final ResourceLoader resourceLoader;

	ContractScanner(BeanFactory beanFactory, Environment environment, ResourceLoader resourceLoader) {
		this.beanFactory = beanFactory;
		this.environment = environment;
		this.resourceLoader = resourceLoader;
	}

	@Override
	public void registerBeanDefinitions(AnnotationMetadata metadata, BeanDefinitionRegistry registry) {
		if (!AutoConfigurationPackages.has(this.beanFactory)) {
			return;
		}
		Candidates candidates = new Candidates(this.environment);
		candidates.setResourceLoader(this.resourceLoader);
		if (this.beanFactory.containsBean(METADATA)) {
			// Reuses the class metadata that the application's own scan has read
			candidates.setMetadataReaderFactory(this.beanFactory.getBean(METADATA, MetadataReaderFactory.class));
		}
		for (String packageName : AutoConfigurationPackages.get(this.beanFactory)) {
			for (BeanDefinition candidate : candidates.findCandidateComponents(packageName)) {
				register(String.valueOf(candidate.getBeanClassName()), registry);
			}
		}
	}

	private void register(String className, BeanDefinitionRegistry registry) {
		String name = "telemetryRouterEventType#" + className;
		if (registry.containsBeanDefinition(name)) {
			return;
		}
		RootBeanDefinition definition = new RootBeanDefinition(EventTypeFactory.class);
		definition.setFactoryMethodName("create");
		definition.getConstructorArgumentValues().addIndexedArgumentValue(0, className);
		definition.setTargetType(EventType.class);
		definition.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
		// Only the application's own EventType beans are candidates for injection
		definition.setAutowireCandidate(false);
		registry.registerBeanDefinition(name, definition);
	}

	/** Includes interfaces, since a contract may be a sealed interface. */
	private static final class Candidates extends ClassPathScanningCandidateComponentProvider {

		Candidates(Environment environment) {
			super(false, environment);
			addIncludeFilter(new AnnotationTypeFilter(TelemetryEventType.class, false));
		}

		@Override
		protected boolean isCandidateComponent(AnnotatedBeanDefinition definition) {
			return definition.getMetadata().isIndependent();
		}

	}

	/**
	 * Takes a class name, since code generated ahead of time may not have access to the
	 * class.
	 */
	static final class EventTypeFactory {

		private EventTypeFactory() {
		}

		static EventType<?> create(String className) {
			return EventType.of(ClassUtils.resolveClassName(className, null));
		}

	}

}
