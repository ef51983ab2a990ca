package io.telemetryrouter.spring.annotation;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.expression.AccessException;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.PropertyAccessor;
import org.springframework.expression.TypedValue;
import org.springframework.expression.spel.support.ReflectivePropertyAccessor;

/**
 * Reads a property of {@code null} and an absent key of a map as {@code null}. A property
 * that a class does not declare remains an error.
 */
final class AbsentAsNull implements PropertyAccessor {

	private final ReflectivePropertyAccessor properties = new ReflectivePropertyAccessor(false);

	@Override
	public Class<?> @Nullable [] getSpecificTargetClasses() {
		return null;
	}

	@Override
	public boolean canRead(EvaluationContext context, @Nullable Object target, String name) throws AccessException {
		return target == null || (target instanceof Map<?, ?> map && !map.containsKey(name)
				&& !this.properties.canRead(context, target, name));
	}

	@Override
	public TypedValue read(EvaluationContext context, @Nullable Object target, String name) throws AccessException {
		// SpEL caches the accessor used last and calls its read() without canRead()
		if (!canRead(context, target, name)) {
			throw new AccessException("'" + name + "' is present");
		}
		return TypedValue.NULL;
	}

	@Override
	public boolean canWrite(EvaluationContext context, @Nullable Object target, String name) {
		return false;
	}

	@Override
	public void write(EvaluationContext context, @Nullable Object target, String name, @Nullable Object newValue)
			throws AccessException {
		throw new AccessException("Conditions are read-only");
	}

}
