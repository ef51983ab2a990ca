package io.telemetryrouter.spring.annotation;

import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.springframework.core.ResolvableType;

import io.telemetryrouter.EventPattern;
import io.telemetryrouter.HandlerSpec;

/**
 * Rejects methods that would receive each other's payloads because of type erasure:
 * {@code List<Integer>} and {@code List<String>} are the same class at run time.
 */
final class ErasedPayloads {

	/** Type arguments may be recursive, as in {@code Enum<E extends Enum<E>>}. */
	private static final int MAX_DEPTH = 5;

	private final List<Listener> listeners = new ArrayList<>();

	/**
	 * Checks a method against all methods checked before.
	 * @param method the method
	 * @param spec the method's handler
	 * @throws TelemetryListenerDefinitionException if the payload types of two methods
	 * are the same at run time
	 */
	void check(ListenerMethod method, HandlerSpec<?> spec) {
		ResolvableType type = method.payload(method.shape());
		if (!hasErasedArguments(type)) {
			return;
		}
		if (spec.isAnyEvent()) {
			throw method.failure(
					"It names no event, so every event with a '" + type.toClass().getName()
							+ "' would reach it, whatever the elements: '" + type + "' is erased at run time.",
					"Name the event, take '" + unbounded(type) + "', or wrap the payload in a record.");
		}
		Listener listener = new Listener(method, spec, type);
		for (Listener other : this.listeners) {
			if (areDisjoint(type, other.type(), MAX_DEPTH) && overlap(spec, other.spec())) {
				throw conflict(listener, other);
			}
		}
		this.listeners.add(listener);
	}

	private static TelemetryListenerDefinitionException conflict(Listener listener, Listener other) {
		Class<?> type = listener.type().toClass();
		Class<?> otherType = other.type().toClass();
		return listener.method()
			.failure(
					"Its payload type '" + listener.type() + "' cannot be told apart from '" + other.type()
							+ "' of method '" + other.method().method() + "' of bean '" + other.method().beanName()
							+ "', which listens to the same event: at run time both are '"
							+ (type.isAssignableFrom(otherType) ? type : otherType).getName() + "'.",
					"Listen to different events, take '" + unbounded(listener.type())
							+ "', or wrap the payloads in records.");
	}

	private static boolean hasErasedArguments(ResolvableType type) {
		for (ResolvableType argument : type.getGenerics()) {
			if (argument.toClass() != Object.class) {
				return true;
			}
		}
		return false;
	}

	private static String unbounded(ResolvableType type) {
		return type.toClass().getName() + "<" + String.join(", ", Collections.nCopies(type.getGenerics().length, "?"))
				+ ">";
	}

	/**
	 * Returns whether the types are the same or one extends the other, but no payload can
	 * have the type arguments of both.
	 */
	private static boolean areDisjoint(ResolvableType one, ResolvableType other, int depth) {
		if (one.toClass().isAssignableFrom(other.toClass())) {
			return hasDisjointArguments(one, other.as(one.toClass()), depth);
		}
		return other.toClass().isAssignableFrom(one.toClass())
				&& hasDisjointArguments(one.as(other.toClass()), other, depth);
	}

	private static boolean hasDisjointArguments(ResolvableType one, ResolvableType other, int depth) {
		if (depth == 0) {
			return false;
		}
		ResolvableType[] ones = one.getGenerics();
		ResolvableType[] others = other.getGenerics();
		for (int i = 0; i < Math.min(ones.length, others.length); i++) {
			if (areUnrelated(ones[i].toClass(), others[i].toClass()) || areDisjoint(ones[i], others[i], depth - 1)) {
				return true;
			}
		}
		return false;
	}

	private static boolean areUnrelated(Class<?> one, Class<?> other) {
		if (one.isAssignableFrom(other) || other.isAssignableFrom(one)) {
			return false;
		}
		// An object may have a class and an interface, or two interfaces, as its types
		return !(one.isInterface() && !Modifier.isFinal(other.getModifiers()))
				&& !(other.isInterface() && !Modifier.isFinal(one.getModifiers()));
	}

	private static boolean overlap(HandlerSpec<?> one, HandlerSpec<?> other) {
		return one.patterns()
			.stream()
			.anyMatch((pattern) -> other.patterns().stream().anyMatch((another) -> overlap(pattern, another)));
	}

	private static boolean overlap(EventPattern one, EventPattern other) {
		String[] ones = one.toString().split("\\.", -1);
		String[] others = other.toString().split("\\.", -1);
		for (int i = 0; i < Math.min(ones.length, others.length); i++) {
			if (ones[i].equals("**") || others[i].equals("**")) {
				return true;
			}
			if (!ones[i].equals("*") && !others[i].equals("*") && !ones[i].equals(others[i])) {
				return false;
			}
		}
		return ones.length == others.length;
	}

	private record Listener(ListenerMethod method, HandlerSpec<?> spec, ResolvableType type) {
	}

}
