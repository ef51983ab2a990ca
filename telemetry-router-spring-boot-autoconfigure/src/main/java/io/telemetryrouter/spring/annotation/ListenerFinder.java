package io.telemetryrouter.spring.annotation;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationConfigurationException;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.stereotype.Component;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Finds the listener methods of the beans of a bean factory without creating beans. A
 * bean whose class cannot be read is left out, since it may never be used.
 */
final class ListenerFinder {

	private static final Log logger = LogFactory.getLog(TelemetryListenerProcessor.class);

	private final ConfigurableListableBeanFactory beanFactory;

	ListenerFinder(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Finds the listener methods of a bean.
	 * @param beanName the bean's name
	 * @return the methods in a stable order
	 */
	List<ListenerMethod> find(String beanName) {
		if (ScopedProxyUtils.isScopedTarget(beanName)) {
			return List.of();
		}
		try {
			if (this.beanFactory.isFactoryBean(beanName)) {
				rejectListenersOfFactory(beanName);
			}
			Class<?> type = targetType(beanName);
			return (type != null && !isSpringClass(type)) ? find(beanName, type) : List.of();
		}
		catch (TelemetryListenerDefinitionException ex) {
			throw ex;
		}
		catch (Throwable ex) {
			reportUnreadable(beanName, ex);
			return List.of();
		}
	}

	/** Only the object that a {@code FactoryBean} creates can have listener methods. */
	private void rejectListenersOfFactory(String beanName) {
		Class<?> type = this.beanFactory.getType(BeanFactory.FACTORY_BEAN_PREFIX + beanName, false);
		if (type == null || isSpringClass(type)) {
			return;
		}
		for (Method method : ListenerMethod.find(type).keySet()) {
			throw new TelemetryListenerDefinitionException(beanName, method,
					"It is a method of the FactoryBean, not of the object that it creates.",
					"Move it to a bean of its own.", null);
		}
	}

	private List<ListenerMethod> find(String beanName, Class<?> type) {
		Map<Method, MergedAnnotation<TelemetryListener>> found;
		try {
			found = ListenerMethod.find(type);
		}
		catch (AnnotationConfigurationException ex) {
			throw misannotated(beanName, type, ex);
		}
		if (found.isEmpty()) {
			return List.of();
		}
		ResolvableType beanType = beanType(beanName, type);
		List<ListenerMethod> methods = new ArrayList<>();
		for (Map.Entry<Method, MergedAnnotation<TelemetryListener>> entry : found.entrySet()) {
			methods.add(new ListenerMethod(beanName, beanType, entry.getKey(), entry.getValue()));
		}
		return methods;
	}

	/**
	 * Returns the failure of a method whose {@link TelemetryListener} has attributes that
	 * contradict each other, or the exception itself if it is about another annotation.
	 */
	private static RuntimeException misannotated(String beanName, Class<?> type, AnnotationConfigurationException ex) {
		String message = String.valueOf(ex.getMessage());
		for (Method method : ReflectionUtils.getAllDeclaredMethods(type)) {
			if (message.contains(TelemetryListener.class.getName()) && message.contains(method.getName() + "(")) {
				return new TelemetryListenerDefinitionException(beanName, method,
						"Its annotation contradicts itself: " + message,
						"Set only one of 'value' and 'events', or correct the annotation that is composed of it.", ex);
			}
		}
		return ex;
	}

	private @Nullable Class<?> targetType(String beanName) {
		Object singleton = ListenerCall.existingSingleton(beanName, this.beanFactory);
		if (singleton == null && this.beanFactory.isFactoryBean(beanName)
				&& !this.beanFactory.containsSingleton(beanName)) {
			return this.beanFactory.getType(beanName, false);
		}
		if (singleton != null && isSpringClass(ClassUtils.getUserClass(singleton))) {
			// Most beans, and the NullBean of a bean method that returned null
			return null;
		}
		Class<?> type = AutoProxyUtils.determineTargetClass(this.beanFactory, beanName);
		if (type != null && ScopedObject.class.isAssignableFrom(type)) {
			Class<?> scoped = AutoProxyUtils.determineTargetClass(this.beanFactory,
					ScopedProxyUtils.getTargetBeanName(beanName));
			return (scoped != null) ? scoped : type;
		}
		// A proxy that the application created itself
		return (singleton != null && AopUtils.isAopProxy(singleton) && type == singleton.getClass())
				? AopProxyUtils.ultimateTargetClass(singleton) : type;
	}

	private static boolean isSpringClass(Class<?> type) {
		String name = type.getName();
		// Spring Boot has many beans, also with @Component, and none has listeners
		return name.startsWith("org.springframework.boot.") || (name.startsWith("org.springframework.")
				&& !AnnotatedElementUtils.isAnnotated(type, Component.class));
	}

	/**
	 * Returns the bean's type. Only its definition may have type arguments.
	 */
	private ResolvableType beanType(String beanName, Class<?> type) {
		if (this.beanFactory.containsBeanDefinition(beanName)) {
			ResolvableType declared = this.beanFactory.getMergedBeanDefinition(beanName).getResolvableType();
			if (declared.hasGenerics()
					&& (declared.toClass() == type || (type.isHidden() && declared.toClass().isAssignableFrom(type)))) {
				return declared;
			}
		}
		return ResolvableType.forClass(type);
	}

	private void reportUnreadable(String beanName, Throwable error) {
		Object singleton = ListenerCall.existingSingleton(beanName, this.beanFactory);
		if (singleton == null) {
			logger.debug("Cannot look for @TelemetryListener methods of bean '" + beanName + "'", error);
			return;
		}
		logger.warn(unreadable(beanName, singleton.getClass(), error));
	}

	/** Describes why the listener methods of an existing bean cannot be found. */
	static String unreadable(String beanName, Class<?> type, Throwable error) {
		if (error instanceof AnnotationConfigurationException ex
				&& misannotated(beanName, type, ex) instanceof TelemetryListenerDefinitionException failure) {
			return String.valueOf(failure.getMessage());
		}
		return "Bean '" + beanName + "' cannot be searched for @TelemetryListener methods, so none of them listens."
				+ " Class '" + type.getName() + "' cannot be read: " + NestedExceptionUtils.getMostSpecificCause(error)
				+ ". " + ((error instanceof AnnotationConfigurationException) ? "Correct the annotation."
						: "Add the missing class to the class path.");
	}

}
