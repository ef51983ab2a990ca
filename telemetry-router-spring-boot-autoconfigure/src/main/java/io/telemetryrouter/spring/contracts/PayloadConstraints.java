package io.telemetryrouter.spring.contracts;

import java.lang.reflect.Modifier;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;

import jakarta.validation.ConstraintViolation;
import jakarta.validation.Path;
import jakarta.validation.Validator;
import org.jspecify.annotations.Nullable;

/**
 * Returns the Jakarta constraints that a payload violates, without any content of the
 * payload. Thread-safe.
 *
 * @since 0.1.0
 */
public final class PayloadConstraints implements Function<Object, @Nullable String> {

	private final Supplier<@Nullable Validator> validator;

	/**
	 * Whether payloads of a class may have constraints.
	 */
	private final ClassValue<Boolean> constrained = new ClassValue<>() {

		@Override
		protected Boolean computeValue(Class<?> type) {
			Validator present = PayloadConstraints.this.validator.get();
			return present != null && (!Modifier.isFinal(type.getModifiers())
					|| present.getConstraintsForClass(type).isBeanConstrained());
		}

	};

	/**
	 * Creates an instance.
	 * @param validator supplies the validator, or {@code null} if there is none; called
	 * at the first payload
	 */
	public PayloadConstraints(Supplier<@Nullable Validator> validator) {
		this.validator = validator;
	}

	@Override
	public @Nullable String apply(Object payload) {
		Validator present = this.constrained.get(payload.getClass()) ? this.validator.get() : null;
		if (present == null) {
			return null;
		}
		TreeSet<String> violated = new TreeSet<>();
		for (ConstraintViolation<?> violation : present.validate(payload)) {
			violated.add("@" + violation.getConstraintDescriptor().getAnnotation().annotationType().getSimpleName()
					+ " on '" + path(violation.getPropertyPath()) + "'");
		}
		return violated.isEmpty() ? null : "it violates " + String.join(", ", violated);
	}

	/** Returns the path without keys and indexes, which are content of the payload. */
	private static String path(Path path) {
		StringBuilder names = new StringBuilder();
		for (Path.Node node : path) {
			if (node.getName() != null) {
				names.append((names.length() != 0) ? "." : "").append(node.getName());
			}
		}
		return names.toString();
	}

}
