package io.telemetryrouter.spring.autoconfigure.contracts;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.RegisteredBean;

import io.telemetryrouter.EventType;
import io.telemetryrouter.TelemetryEventType;

/**
 * Registers reflection hints for the payload classes of contracts, so that Jackson can
 * read and write them in a native image.
 */
final class ContractAotProcessor implements BeanRegistrationAotProcessor {

	private final BindingReflectionHintsRegistrar registrar = new BindingReflectionHintsRegistrar();

	@Override
	public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean bean) {
		if (bean.getBeanType().resolve() != EventType.class) {
			return null;
		}
		Class<?> payloadType = payloadType(bean);
		return (generation, code) -> {
			ReflectionHints hints = generation.getRuntimeHints().reflection();
			hints.registerType(TelemetryEventType.class, MemberCategory.INVOKE_DECLARED_METHODS);
			register(hints, payloadType);
		};
	}

	/**
	 * Returns the payload type in the bean's generic type, or else that of the instance:
	 * beans found by scanning and beans of type {@code EventType<?>} do not declare it.
	 */
	private static Class<?> payloadType(RegisteredBean bean) {
		Class<?> declared = bean.getBeanType().getGeneric().resolve();
		return (declared != null) ? declared
				: ((EventType<?>) bean.getBeanFactory().getBean(bean.getBeanName())).payloadType();
	}

	private void register(ReflectionHints hints, Class<?> type) {
		this.registrar.registerReflectionHints(hints, type);
		if (type.isSealed()) {
			Arrays.stream(type.getPermittedSubclasses()).forEach((permitted) -> register(hints, permitted));
		}
	}

}
