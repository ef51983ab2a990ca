package io.telemetryrouter.spring.annotation;

import java.lang.reflect.Method;

import org.jspecify.annotations.Nullable;

/**
 * Thrown at start-up when a {@link TelemetryListener @TelemetryListener} method cannot be
 * a handler.
 *
 * @since 0.1.0
 */
public final class TelemetryListenerDefinitionException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String beanName;

	private final transient Method method;

	private final String reason;

	private final String action;

	TelemetryListenerDefinitionException(String beanName, Method method, String reason, String action,
			@Nullable Throwable cause) {
		super("Method '" + method + "' of bean '" + beanName + "' cannot be a telemetry handler: " + reason + " "
				+ action, cause);
		this.beanName = beanName;
		this.method = method;
		this.reason = reason;
		this.action = action;
	}

	/**
	 * Returns the bean's name.
	 * @return the name
	 */
	public String getBeanName() {
		return this.beanName;
	}

	/**
	 * Returns the method.
	 * @return the method
	 */
	public Method getMethod() {
		return this.method;
	}

	/**
	 * Returns the reason.
	 * @return one or more sentences
	 */
	public String getReason() {
		return this.reason;
	}

	/**
	 * Returns the action that corrects the problem.
	 * @return one or more sentences
	 */
	public String getAction() {
		return this.action;
	}

}
