package io.telemetryrouter.spring.annotation;

import java.lang.reflect.Method;
import java.util.Map;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.generate.GenerationContext;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.aot.BeanRegistrationCode;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.core.annotation.MergedAnnotation;

import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.TelemetryEventType;
import io.telemetryrouter.spring.annotation.ListenerMethod.Shape;

/**
 * Registers reflection hints for listener methods and their payload types. Invalid
 * methods fail the AOT build as they fail the start.
 */
final class TelemetryListenerAotProcessor implements BeanRegistrationAotProcessor {

	private static final Log logger = LogFactory.getLog(TelemetryListenerAotProcessor.class);

	@Override
	public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean registeredBean) {
		Map<Method, MergedAnnotation<TelemetryListener>> methods;
		try {
			methods = ListenerMethod.find(registeredBean.getBeanClass());
		}
		catch (Throwable ex) {
			// A missing class, of a bean that may never be used
			logger.debug("Cannot look for @TelemetryListener methods of bean '" + registeredBean.getBeanName() + "'",
					ex);
			return null;
		}
		return methods.isEmpty() ? null : new Contribution(registeredBean, methods);
	}

	private record Contribution(RegisteredBean bean,
			Map<Method, MergedAnnotation<TelemetryListener>> methods) implements BeanRegistrationAotContribution {

		@Override
		public void applyTo(GenerationContext generationContext, BeanRegistrationCode beanRegistrationCode) {
			ReflectionHints hints = generationContext.getRuntimeHints().reflection();
			hints.registerType(TelemetryListener.class, MemberCategory.INVOKE_DECLARED_METHODS);
			hints.registerType(TelemetryEventType.class, MemberCategory.INVOKE_DECLARED_METHODS);
			this.methods.forEach((method, annotation) -> {
				hints.registerMethod(method, ExecutableMode.INVOKE);
				registerPayload(hints,
						new ListenerMethod(this.bean.getBeanName(), this.bean.getBeanType(), method, annotation));
			});
		}

		private void registerPayload(ReflectionHints hints, ListenerMethod method) {
			boolean conditional = !method.annotation().getString("condition").isBlank();
			if (conditional) {
				hints.registerType(TelemetryEvent.class, MemberCategory.INVOKE_PUBLIC_METHODS);
			}
			Shape shape = method.shape();
			Class<?> type;
			try {
				type = method.payloadType(shape);
			}
			catch (TypeNotPresentException | LinkageError ex) {
				logger.debug("Cannot read the payload type of " + method.method(), ex);
				return;
			}
			if (type == Object.class) {
				return;
			}
			if (method.annotation().getBoolean("replay")) {
				// Jackson reads the payload from the journal
				new BindingReflectionHintsRegistrar().registerReflectionHints(hints, type);
			}
			hints.registerType(type);
			if (conditional) {
				hints.registerType(type, MemberCategory.INVOKE_PUBLIC_METHODS, MemberCategory.ACCESS_PUBLIC_FIELDS);
			}
		}

	}

}
