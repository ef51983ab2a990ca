package io.telemetryrouter.spring.agent;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;

import org.aopalliance.intercept.MethodInterceptor;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Proxies of beans of a framework, for an adapter that has no other way to see their
 * calls.
 *
 * @since 0.1.0
 */
public final class ObservedBeans {

	private ObservedBeans() {
	}

	/**
	 * Has the calls of a bean observed. What is returned can be injected wherever the
	 * bean could.
	 * @param bean the bean
	 * @param contract the interface whose calls are observed
	 * @param interceptor what sees the calls
	 * @return a proxy, or the bean itself if none can stand for it: its class is final or
	 * has methods that are, or classes cannot be made at run time, as in a native image
	 */
	public static Object observe(Object bean, Class<?> contract, MethodInterceptor interceptor) {
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

	/** Says whether a bean can only be injected by its interfaces. */
	private static boolean isUnknown(Class<?> type, Class<?> contract) {
		return type.isSynthetic() || type.isHidden() || Proxy.isProxyClass(type)
				|| (!Modifier.isPublic(type.getModifiers()) && type.getPackage() == contract.getPackage());
	}

	/**
	 * Says whether a class can have a proxy that is of the class too. A final method
	 * would run on the proxy, which has none of the bean's fields.
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
