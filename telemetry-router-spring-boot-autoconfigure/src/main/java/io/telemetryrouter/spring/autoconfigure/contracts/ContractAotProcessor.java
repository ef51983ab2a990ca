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
 * Keeps the payload classes of contracts in a native image, as what Jackson writes and
 * reads.
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

	/** What was found by scanning, and a bean of {@code EventType<?>}, is asked. */
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
