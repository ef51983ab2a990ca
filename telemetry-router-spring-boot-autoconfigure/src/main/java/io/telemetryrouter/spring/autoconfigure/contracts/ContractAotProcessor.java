package io.telemetryrouter.spring.autoconfigure.contracts;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.RegisteredBean;

import io.telemetryrouter.EventType;
import io.telemetryrouter.TelemetryEventType;
import io.telemetryrouter.spring.autoconfigure.contracts.ContractScanner.EventTypeFactory;

/**
 * Keeps the payload classes that {@link ContractScanner} has found in a native image.
 */
final class ContractAotProcessor implements BeanRegistrationAotProcessor {

	private final BindingReflectionHintsRegistrar registrar = new BindingReflectionHintsRegistrar();

	@Override
	public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean bean) {
		if (!EventTypeFactory.class.getName().equals(bean.getMergedBeanDefinition().getBeanClassName())) {
			return null;
		}
		EventType<?> type = (EventType<?>) bean.getBeanFactory().getBean(bean.getBeanName());
		return (generation, code) -> {
			ReflectionHints hints = generation.getRuntimeHints().reflection();
			hints.registerType(TelemetryEventType.class, MemberCategory.INVOKE_DECLARED_METHODS);
			this.registrar.registerReflectionHints(hints, type.payloadType());
		};
	}

}
