package io.telemetryrouter.spring.autoconfigure.contracts;

import java.util.function.Function;

import jakarta.validation.Validator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.util.function.SingletonSupplier;

import io.telemetryrouter.HandlerSpecCustomizer;
import io.telemetryrouter.spring.contracts.MapConversion;
import io.telemetryrouter.spring.contracts.PayloadConstraints;

/**
 * Uses classes that may be absent from the class path. They must not appear in the
 * signatures of a configuration class, since Spring introspects its methods.
 */
final class OptionalPartners {

	private OptionalPartners() {
	}

	/** Resolves the validator lazily: the first payload may precede its creation. */
	static Function<Object, @Nullable String> constraints(BeanFactory beanFactory) {
		return new PayloadConstraints(
				SingletonSupplier.ofNullable(() -> beanFactory.getBeanProvider(Validator.class).getIfUnique()));
	}

	static HandlerSpecCustomizer conversion(BeanFactory beanFactory) {
		return new MapConversion(SingletonSupplier
			.of(() -> beanFactory.getBeanProvider(JsonMapper.class).getIfUnique(JsonMapper::shared)));
	}

}
