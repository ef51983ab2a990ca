package io.telemetryrouter.spring.annotation;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.expression.AccessException;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.PropertyAccessor;
import org.springframework.expression.TypedValue;
import org.springframework.expression.spel.support.ReflectivePropertyAccessor;

/**
 * Reads as {@code null} what is not there: a property of {@code null}, and a key that a
 * map does not have. A property that a class does not have stays an error.
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
		// An expression keeps the accessor that it used last, and tries it first.
		if (!canRead(context, target, name)) {
			throw new AccessException("'" + name + "' is there");
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
		throw new AccessException("Conditions only read");
	}

}
