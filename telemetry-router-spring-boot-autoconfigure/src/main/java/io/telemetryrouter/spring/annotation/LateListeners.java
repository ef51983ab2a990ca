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
 * created later. Each bean is reported once, and 20 beans at most. Thread-safe.
 */
final class LateListeners implements BeanPostProcessor {

	private static final Log logger = LogFactory.getLog(TelemetryListenerProcessor.class);

	private static final int MAX_REPORTS = 20;

	private final Set<String> searched;

	/** The signatures of the registered methods. */
	private final Set<String> listening = new HashSet<>();

	/**
	 * The signatures of a class's annotated methods, mostly none. A cache: entries may be
	 * collected.
	 */
	private final Map<Class<?>, Set<String>> annotated = new ConcurrentReferenceHashMap<>(16, ReferenceType.WEAK);

	/** The names of the reported beans. Guarded by itself. */
	private final Set<String> reported = new HashSet<>();

	/**
	 * Creates the processor.
	 * @param searched the names of the beans that were searched for listener methods
	 * @param listening the methods that were found
	 */
	LateListeners(Set<String> searched, Collection<ListenerMethod> listening) {
		this.searched = searched;
		for (ListenerMethod method : listening) {
			this.listening.add(method.beanName() + "." + signature(method.method()));
		}
	}

	/**
	 * Returns the method's name and its number of parameters. Parameter types are left
	 * out, since those of an interface's method may be type variables.
	 */
	private static String signature(Method method) {
		return method.getName() + "/" + method.getParameterCount();
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		String name = ScopedProxyUtils.isScopedTarget(beanName) ? ScopedProxyUtils.getOriginalBeanName(beanName)
				: beanName;
		Class<?> type = AopUtils.getTargetClass(bean);
		Set<String> signatures = this.annotated.get(type);
		if (signatures == null) {
			signatures = signatures(type, name);
			this.annotated.put(type, signatures);
		}
		if (!signatures.isEmpty()) {
			report(name, type, signatures);
		}
		return bean;
	}

	private Set<String> signatures(Class<?> type, String beanName) {
		Set<String> signatures = new TreeSet<>();
		try {
			for (Method method : ListenerMethod.find(type).keySet()) {
				signatures.add(signature(method));
			}
		}
		catch (Throwable ex) {
			if (isToReport(beanName)) {
				logger.warn(ListenerFinder.unreadable(beanName, type, ex));
			}
		}
		return signatures;
	}

	private void report(String beanName, Class<?> type, Set<String> signatures) {
		Set<String> methods = new TreeSet<>();
		for (String signature : signatures) {
			if (!this.listening.contains(beanName + "." + signature)) {
				methods.add(signature.substring(0, signature.indexOf('/')));
			}
		}
		if (methods.isEmpty() || !isToReport(beanName)) {
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

	/** Returns whether a bean has not been reported yet, and is not one too many. */
	private boolean isToReport(String beanName) {
		synchronized (this.reported) {
			if (this.reported.size() > MAX_REPORTS || !this.reported.add(beanName)) {
				return false;
			}
			if (this.reported.size() <= MAX_REPORTS) {
				return true;
			}
		}
		logger.info("Further beans whose @TelemetryListener methods do not listen are not reported");
		return false;
	}

}
