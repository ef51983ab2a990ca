package io.telemetryrouter.spring.annotation;

import java.lang.reflect.Method;
import java.lang.reflect.UndeclaredThrowableException;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

import io.telemetryrouter.spring.annotation.MethodCaller.Call;

/**
 * Calls a listener method on its bean. A singleton is looked up in the bean factory once,
 * at the first event if it does not exist yet. A bean of another scope is looked up for
 * each event.
 */
final class ListenerCall implements Call {

	private final ListenerMethod method;

	private final ConfigurableListableBeanFactory beanFactory;

	/*
	 * Both fields are caches. Concurrent first events find the same singleton and write
	 * equal values.
	 */
	private volatile @Nullable Call singletonCall;

	private volatile @Nullable CallerOfType caller;

	private ListenerCall(ListenerMethod method, ConfigurableListableBeanFactory beanFactory) {
		this.method = method;
		this.beanFactory = beanFactory;
	}

	/**
	 * Creates the call of a method.
	 * @throws TelemetryListenerDefinitionException if the method cannot be called on the
	 * bean or, if the bean does not exist yet, on its predicted class
	 */
	static Call of(ListenerMethod method, ConfigurableListableBeanFactory beanFactory) {
		ListenerCall call = new ListenerCall(method, beanFactory);
		Object bean = existingSingleton(method.beanName(), beanFactory);
		if (bean != null) {
			return call.bind(bean);
		}
		Class<?> type = ProxiedMethod.predictClass(method, beanFactory);
		call.caller = new CallerOfType(type, call.createCaller(ProxiedMethod.select(method, type)));
		return call;
	}

	static @Nullable Object existingSingleton(String beanName, ConfigurableListableBeanFactory beanFactory) {
		if (!beanFactory.containsSingleton(beanName) || beanFactory.isFactoryBean(beanName)) {
			return null;
		}
		return beanFactory.getSingleton(beanName);
	}

	@Override
	public @Nullable Object call(@Nullable Object first, @Nullable Object second) throws Exception {
		Call call = this.singletonCall;
		if (call == null) {
			String beanName = this.method.beanName();
			call = bind(this.beanFactory.getBean(beanName));
			if (this.beanFactory.isSingleton(beanName)) {
				this.singletonCall = call;
			}
		}
		return call.call(first, second);
	}

	private Call bind(Object bean) {
		CallerOfType caller = this.caller;
		if (caller == null || caller.type() != bean.getClass()) {
			caller = new CallerOfType(bean.getClass(),
					createCaller(ProxiedMethod.select(this.method, bean.getClass())));
			this.caller = caller;
		}
		Call call = caller.caller().bind(bean);
		return AopUtils.isAopProxy(bean) ? new ProxyCall(call) : call;
	}

	private MethodCaller createCaller(Method method) {
		try {
			return MethodCaller.of(method);
		}
		catch (IllegalAccessException ex) {
			if (ex.getCause() != null) {
				throw this.method.failure("The JVM cannot link a call of it: " + ex.getCause() + ".",
						"See the cause; a public method of a public class can be called from everywhere.", ex);
			}
			throw this.method.failure("Spring has no access to it.",
					"Make the method and its class public and export their package, or open the package.", ex);
		}
	}

	private record CallerOfType(Class<?> type, MethodCaller caller) {
	}

	/**
	 * A proxy wraps checked exceptions that its interface does not declare.
	 */
	private record ProxyCall(Call call) implements Call {

		@Override
		public @Nullable Object call(@Nullable Object first, @Nullable Object second) throws Exception {
			try {
				return this.call.call(first, second);
			}
			catch (UndeclaredThrowableException ex) {
				throw MethodCaller.sneaky(ex.getUndeclaredThrowable());
			}
		}

	}

}
