package io.telemetryrouter.spring.agent;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.aopalliance.intercept.MethodInterceptor;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.config.SmartInstantiationAwareBeanPostProcessor;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Replaces framework beans by proxies, for an adapter that cannot observe their calls
 * otherwise. Beans that refer to each other in a circle get the same proxy.
 *
 * @since 0.1.0
 */
public abstract class ObservedBeans implements SmartInstantiationAwareBeanPostProcessor {

	/** By name, the beans that were replaced before their initialization. */
	private final Map<String, Object> early = new ConcurrentHashMap<>();

	@Override
	public final Object getEarlyBeanReference(Object bean, String beanName) {
		this.early.put(beanName, bean);
		return observed(bean);
	}

	@Override
	public final Object postProcessAfterInitialization(Object bean, String beanName) {
		return (this.early.remove(beanName) != bean) ? observed(bean) : bean;
	}

	/**
	 * Returns the object that replaces a bean.
	 * @param bean the bean
	 * @return a proxy, or the bean itself if its calls are not observed
	 */
	protected abstract Object observed(Object bean);

	/**
	 * Creates a proxy that passes the calls of a bean to an interceptor. The returned
	 * object can be injected wherever the bean could be.
	 * @param bean the bean
	 * @param contract the interface whose calls are observed
	 * @param interceptor intercepts the calls
	 * @return a proxy, or the bean itself if no proxy can replace it: its class or one of
	 * its methods is final, or classes cannot be defined at run time (native image)
	 */
	protected static Object observe(Object bean, Class<?> contract, MethodInterceptor interceptor) {
		Class<?> type = bean.getClass();
		boolean byInterface = isUnknown(type, contract);
		if (!byInterface && !canBeExtended(ClassUtils.getUserClass(type))) {
			return bean;
		}
		ProxyFactory factory = new ProxyFactory(bean);
		factory.setProxyTargetClass(!byInterface);
		factory.addAdvice(interceptor);
		try {
			return factory.getProxy(type.getClassLoader());
		}
		catch (RuntimeException | LinkageError ex) {
			return bean;
		}
	}

	/** Returns whether a bean can only be injected by its interfaces. */
	private static boolean isUnknown(Class<?> type, Class<?> contract) {
		return type.isSynthetic() || type.isHidden() || Proxy.isProxyClass(type)
				|| (!Modifier.isPublic(type.getModifiers()) && type.getPackage() == contract.getPackage());
	}

	/**
	 * Returns whether a class can have a subclass as proxy. A final method would run on
	 * the proxy, whose fields are not initialized.
	 */
	private static boolean canBeExtended(Class<?> type) {
		if (Modifier.isFinal(type.getModifiers())) {
			return false;
		}
		for (Method method : ReflectionUtils.getAllDeclaredMethods(type)) {
			int modifiers = method.getModifiers();
			if (Modifier.isFinal(modifiers) && !Modifier.isPrivate(modifiers) && !Modifier.isStatic(modifiers)
					&& method.getDeclaringClass() != Object.class) {
				return false;
			}
		}
		return true;
	}

}
