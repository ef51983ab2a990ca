package io.telemetryrouter.spring.annotation;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.aop.SpringProxy;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.SmartInstantiationAwareBeanPostProcessor;
import org.springframework.beans.factory.support.AbstractBeanFactory;

/**
 * Selects the method to call on a bean, which may be a proxy. A class-based proxy
 * inherits every method that it cannot override. Such a method would run on the proxy,
 * whose fields are not initialized.
 */
final class ProxiedMethod {

	private static final Log logger = LogFactory.getLog(TelemetryListenerProcessor.class);

	private ProxiedMethod() {
	}

	/**
	 * Returns the method of a class by which a listener method is called.
	 * @param method the listener method
	 * @param beanClass the class of the bean or of its proxy
	 * @return the method to call
	 * @throws TelemetryListenerDefinitionException if the proxy cannot delegate the call
	 */
	static Method select(ListenerMethod method, Class<?> beanClass) {
		boolean proxy = SpringProxy.class.isAssignableFrom(beanClass);
		if (proxy && !Proxy.isProxyClass(beanClass)) {
			requireOverridable(method, beanClass);
		}
		try {
			return AopUtils.selectInvocableMethod(method.method(), beanClass);
		}
		catch (IllegalStateException ex) {
			throw method.failure("The bean has an interface-based proxy, and none of its interfaces has the method.",
					"Declare the method in an interface of the bean, or use class-based proxies"
							+ " (spring.aop.proxy-target-class=true).",
					ex);
		}
	}

	private static void requireOverridable(ListenerMethod method, Class<?> proxyClass) {
		int modifiers = method.method().getModifiers();
		if (Modifier.isFinal(modifiers)) {
			throw notOverridable(method, "final method", "Make the method non-final.");
		}
		if (Modifier.isPrivate(modifiers)) {
			throw notOverridable(method, "private method", "Make the method package-private or public.");
		}
		Class<?> declaringClass = method.method().getDeclaringClass();
		if (Modifier.isProtected(modifiers) || Modifier.isPublic(modifiers)) {
			return;
		}
		if (!declaringClass.getPackageName().equals(proxyClass.getPackageName())) {
			throw notOverridable(method, "package-private method that it inherits from another package",
					"Make the method protected or public.");
		}
		if (declaringClass.getClassLoader() != proxyClass.getClassLoader()) {
			throw notOverridable(method, "package-private method of a class of another class loader",
					"Make the method protected or public.");
		}
	}

	private static TelemetryListenerDefinitionException notOverridable(ListenerMethod method, String kind,
			String action) {
		return method.failure("The bean has a class-based proxy, which cannot override a " + kind + ".", action);
	}

	/**
	 * Predicts the class of a bean that does not exist yet, or of its proxy. The bean is
	 * not created; a scoped proxy is.
	 */
	static Class<?> predictClass(ListenerMethod method, ConfigurableListableBeanFactory beanFactory) {
		try {
			return doPredictClass(method, beanFactory);
		}
		catch (RuntimeException | LinkageError ex) {
			// A real problem shows when the bean is created
			logger.debug("Cannot predict the class of bean '" + method.beanName() + "'", ex);
			return method.beanType().toClass();
		}
	}

	private static Class<?> doPredictClass(ListenerMethod method, ConfigurableListableBeanFactory beanFactory) {
		String beanName = method.beanName();
		Class<?> beanClass = method.beanType().toClass();
		if (beanFactory.containsBean(ScopedProxyUtils.getTargetBeanName(beanName))) {
			Class<?> proxyClass = beanFactory.getType(beanName);
			return (proxyClass != null) ? proxyClass : beanClass;
		}
		if (beanFactory instanceof AbstractBeanFactory factory) {
			for (BeanPostProcessor processor : factory.getBeanPostProcessors()) {
				if (processor instanceof SmartInstantiationAwareBeanPostProcessor smart) {
					beanClass = smart.determineBeanType(beanClass, beanName);
				}
			}
		}
		return beanClass;
	}

}
