package io.telemetryrouter;

import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * An event name together with the class of its payload: the contract between emitter and
 * handler.
 *
 * @param <T> the payload type
 * @param name the event's name, without wildcards
 * @param payloadType the payload's class
 * @param version the version of the payload's shape, from 1
 * @param critical whether a full queue drops other events rather than this one; see
 * {@link TelemetryRouterBuilder#criticalEvents}
 * @since 0.1.0
 */
public record EventType<T>(String name, Class<T> payloadType, int version, boolean critical) {

	public EventType {
		EventPattern.requireName(name);
		if (payloadType == null) {
			throw new IllegalArgumentException("'payloadType' of event '" + name + "' must not be null");
		}
		requireReference(payloadType);
		if (version < 1) {
			throw new IllegalArgumentException("'version' of event '" + name + "' must be positive, but is " + version);
		}
	}

	private static final ClassValue<String> DECLARED_NAMES = new ClassValue<>() {

		@Override
		protected String computeValue(Class<?> payloadType) {
			return EventType.of(payloadType).name();
		}

	};

	private static final ClassValue<Boolean> CRITICAL = new ClassValue<>() {

		@Override
		protected Boolean computeValue(Class<?> payloadType) {
			return isCritical(payloadType);
		}

		private boolean isCritical(@Nullable Class<?> type) {
			TelemetryEventType annotation = (type != null) ? type.getAnnotation(TelemetryEventType.class) : null;
			return type != null && ((annotation != null && annotation.critical()) || isCritical(type.getSuperclass())
					|| Arrays.stream(type.getInterfaces()).anyMatch(this::isCritical));
		}

	};

	/**
	 * Returns whether the class of a payload, or a supertype, declares its event as
	 * critical.
	 * @param payload the payload
	 * @return {@code true} for a {@linkplain TelemetryEventType#critical() critical} one
	 */
	public static boolean isCritical(@Nullable Object payload) {
		return payload != null && CRITICAL.get(payload.getClass());
	}

	/** Returns the name that the class of a payload declares. */
	static String nameOf(@Nullable Object payload) {
		if (payload == null) {
			throw new IllegalArgumentException("'payload' must not be null: its class declares the event's name");
		}
		return DECLARED_NAMES.get(payload.getClass());
	}

	/**
	 * Checks that a payload class is not primitive.
	 * @param payloadType the class
	 * @throws IllegalArgumentException if it is primitive
	 */
	static void requireReference(Class<?> payloadType) {
		if (payloadType.isPrimitive()) {
			throw new IllegalArgumentException(
					"'payloadType' must not be primitive, but is " + payloadType + ": payloads are objects, use "
							+ MethodType.methodType(payloadType).wrap().returnType().getName());
		}
	}

	/**
	 * Returns a type of the given name and payload class.
	 * @param <T> the payload type
	 * @param name the event's name
	 * @param payloadType the payload's class
	 * @return the type
	 * @throws IllegalArgumentException if the name is
	 * {@linkplain EventPattern#requireName invalid} or the class is primitive
	 */
	public static <T> EventType<T> of(String name, Class<T> payloadType) {
		return of(name, payloadType, 1);
	}

	/**
	 * Returns a type of the given name, payload class and version.
	 * @param <T> the payload type
	 * @param name the event's name
	 * @param payloadType the payload's class
	 * @param version the version of the payload's shape, from 1
	 * @return the type
	 * @throws IllegalArgumentException if the name is
	 * {@linkplain EventPattern#requireName invalid}, the class is primitive, or the
	 * version is not positive
	 */
	public static <T> EventType<T> of(String name, Class<T> payloadType, int version) {
		return new EventType<>(name, payloadType, version, false);
	}

	/**
	 * Returns a type of the given name whose payload has type arguments.
	 * @param <T> the payload type
	 * @param name the event's name
	 * @param payloadType the payload's type, as in {@code new PayloadType<List<String>>()
	 * { }}
	 * @return the type
	 * @throws IllegalArgumentException if the name is
	 * {@linkplain EventPattern#requireName invalid}, or the type is a type variable
	 */
	@SuppressWarnings("unchecked")
	public static <T> EventType<T> of(String name, PayloadType<T> payloadType) {
		if (payloadType == null) {
			throw new IllegalArgumentException("'payloadType' of event '" + name + "' must not be null");
		}
		for (Type type : payloadType.getClass().getGenericInterfaces()) {
			Class<?> raw = (type instanceof ParameterizedType token && token.getRawType() == PayloadType.class)
					? raw(token.getActualTypeArguments()[0]) : null;
			if (raw != null) {
				return new EventType<>(name, (Class<T>) raw, 1, false);
			}
		}
		throw new IllegalArgumentException("'payloadType' of event '" + name
				+ "' names no type: write it out, as in new PayloadType<List<String>>() { }");
	}

	private static @Nullable Class<?> raw(Type type) {
		if (type instanceof Class<?> plain) {
			return plain;
		}
		if (type instanceof ParameterizedType parameterized) {
			return raw(parameterized.getRawType());
		}
		Class<?> component = (type instanceof GenericArrayType array) ? raw(array.getGenericComponentType()) : null;
		return (component != null) ? Array.newInstance(component, 0).getClass() : null;
	}

	/**
	 * {@return a copy of this type that is marked as critical} Spring Boot registers the
	 * contracts of an application with its router. For any other router, configure
	 * {@link TelemetryRouterBuilder#criticalEvents}.
	 */
	public EventType<T> asCritical() {
		return new EventType<>(this.name, this.payloadType, this.version, true);
	}

	/**
	 * Returns the type that a class declares with {@link TelemetryEventType}.
	 * @param <T> the payload type
	 * @param payloadType the annotated payload class
	 * @return the type
	 * @throws IllegalArgumentException if the class has no such annotation
	 */
	public static <T> EventType<T> of(Class<T> payloadType) {
		if (payloadType == null) {
			throw new IllegalArgumentException("'payloadType' must not be null");
		}
		TelemetryEventType annotation = payloadType.getAnnotation(TelemetryEventType.class);
		if (annotation == null) {
			throw new IllegalArgumentException("Class '" + payloadType.getName()
					+ "' has no event name: annotate it with @TelemetryEventType(\"...\"), or give the name, as in emit(name, payload) or EventType.of(name, class)");
		}
		return new EventType<>(annotation.value(), payloadType, annotation.version(), annotation.critical());
	}

}
