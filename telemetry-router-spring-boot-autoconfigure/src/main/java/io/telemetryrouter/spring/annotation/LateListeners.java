package io.telemetryrouter.spring.annotation;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.util.ConcurrentReferenceHashMap;
import org.springframework.util.ConcurrentReferenceHashMap.ReferenceType;

/**
 * Logs a warning for beans whose listener methods were not found when listeners were
 * registered. Added to the bean factory after that, so it processes the beans that are
 * created later.
 */
final class LateListeners implements BeanPostProcessor {

	private static final Log logger = LogFactory.getLog(TelemetryListenerProcessor.class);

	private final Set<String> searched;

	/** The signatures of the registered methods. */
	private final Set<String> listening = new HashSet<>();

	private final Map<Class<?>, Boolean> seen = new ConcurrentReferenceHashMap<>(16, ReferenceType.WEAK);

	/**
	 * Creates the processor.
	 * @param searched the names of the beans that were searched for listener methods
	 * @param listening the methods that were found
	 */
	LateListeners(Set<String> searched, Collection<ListenerMethod> listening) {
		this.searched = searched;
		for (ListenerMethod method : listening) {
			this.listening.add(signature(method.beanName(), method.method()));
		}
	}

	/**
	 * Returns the bean's name, the method's name and its number of parameters. Parameter
	 * types are left out, since those of an interface's method may be type variables.
	 */
	private static String signature(String beanName, Method method) {
		return beanName + "." + method.getName() + "/" + method.getParameterCount();
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		String name = ScopedProxyUtils.isScopedTarget(beanName) ? ScopedProxyUtils.getOriginalBeanName(beanName)
				: beanName;
		Class<?> type = AopUtils.getTargetClass(bean);
		if (this.seen.putIfAbsent(type, Boolean.TRUE) == null) {
			report(name, type);
		}
		return bean;
	}

	private void report(String beanName, Class<?> type) {
		Set<String> methods = new TreeSet<>();
		try {
			for (Method method : ListenerMethod.find(type).keySet()) {
				if (!this.listening.contains(signature(beanName, method))) {
					methods.add(method.getName());
				}
			}
		}
		catch (Throwable ex) {
			logger.debug("Cannot look for @TelemetryListener methods of bean '" + beanName + "'", ex);
		}
		if (methods.isEmpty()) {
			return;
		}
		String reason = this.searched.contains(beanName)
				? "it did not exist when listeners were registered, and its declared type does not have these methods."
						+ " Declare the @Bean method with the return type '" + type.getName() + "'."
				: "it was registered after listeners were. Register it before the application has started,"
						+ " or subscribe its methods with TelemetryRouter.subscribe.";
		logger.warn("Methods [" + String.join(", ", methods) + "] of bean '" + beanName + "' (class '" + type.getName()
				+ "') have @TelemetryListener but do not listen: " + reason);
	}

}
