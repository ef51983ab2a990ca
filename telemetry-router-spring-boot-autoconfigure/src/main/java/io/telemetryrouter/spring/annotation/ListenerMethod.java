package io.telemetryrouter.spring.annotation;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.core.KotlinDetector;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.core.annotation.Order;
import org.springframework.scheduling.annotation.Async;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

import io.telemetryrouter.TelemetryEvent;

/**
 * An annotated method of a bean, with its attributes, parameters and return type.
 *
 * @param beanName the bean's name
 * @param beanType the bean's class behind any proxy, with its known type arguments
 * @param method the method of that class
 * @param annotation the annotation, merged with meta-annotations
 */
record ListenerMethod(String beanName, ResolvableType beanType, Method method,
		MergedAnnotation<TelemetryListener> annotation) {

	private static final List<String> ASYNC_ANNOTATIONS = List.of(Async.class.getName(), "jakarta.ejb.Asynchronous",
			"jakarta.enterprise.concurrent.Asynchronous");

	/**
	 * The parameters of a method.
	 */
	enum Shape {

		NOTHING, PAYLOAD, NAME_AND_PAYLOAD, EVENT

	}

	/**
	 * Finds the annotated methods of a class and its supertypes, in a stable order.
	 */
	static Map<Method, MergedAnnotation<TelemetryListener>> find(Class<?> type) {
		if (!isAnyAnnotated(type)) {
			return Map.of();
		}
		Map<Method, MergedAnnotation<TelemetryListener>> found = MethodIntrospector.selectMethods(type,
				(MethodIntrospector.MetadataLookup<MergedAnnotation<TelemetryListener>>) ListenerMethod::findAnnotation);
		List<Method> methods = new ArrayList<>(found.keySet());
		methods.sort(ListenerMethod::compare);
		Map<Method, MergedAnnotation<TelemetryListener>> sorted = new LinkedHashMap<>();
		for (Method method : methods) {
			sorted.put(declared(type, method), found.get(method));
		}
		return sorted;
	}

	private static int compare(Method one, Method other) {
		int byName = one.getName().compareTo(other.getName());
		return (byName != 0) ? byName : one.toString().compareTo(other.toString());
	}

	/**
	 * Returns the interface method if the class is hidden. The class of a lambda has no
	 * stable name and no generics, and cannot be linked to.
	 */
	private static Method declared(Class<?> type, Method method) {
		return type.isHidden() ? ClassUtils.getInterfaceMethodIfPossible(method, type) : method;
	}

	/**
	 * Returns whether a method declared by a class or its supertypes is annotated. This
	 * check is fast, and most beans have no listener; searching the type hierarchy of
	 * each method is slow.
	 */
	private static boolean isAnyAnnotated(@Nullable Class<?> type) {
		if (type == null || !AnnotationUtils.isCandidateClass(type, TelemetryListener.class)) {
			return false;
		}
		// Loops instead of streams: linking lambdas would delay the application's start
		for (Method method : ReflectionUtils.getDeclaredMethods(type)) {
			if (method.getAnnotations().length != 0
					&& MergedAnnotations.from(method).isPresent(TelemetryListener.class)) {
				return true;
			}
		}
		for (Class<?> implemented : type.getInterfaces()) {
			if (isAnyAnnotated(implemented)) {
				return true;
			}
		}
		return isAnyAnnotated(type.getSuperclass());
	}

	private static @Nullable MergedAnnotation<TelemetryListener> findAnnotation(Method method) {
		MergedAnnotation<TelemetryListener> annotation = MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY)
			.get(TelemetryListener.class);
		return annotation.isPresent() ? annotation : null;
	}

	Shape shape() {
		Class<?>[] types = this.method.getParameterTypes();
		if (Modifier.isStatic(this.method.getModifiers())) {
			throw failure("The method is static.", "Make it an instance method.");
		}
		if (KotlinDetector.isSuspendingFunction(this.method)) {
			throw failure("It is a suspending function of Kotlin, which the router cannot call.",
					"Let an ordinary function return what suspends, as in 'fun on(payload: Payload) = mono { ... }'"
							+ " with kotlinx-coroutines-reactor.");
		}
		if (types.length == 0) {
			return Shape.NOTHING;
		}
		if (types.length == 1) {
			return (types[0] == TelemetryEvent.class) ? Shape.EVENT : Shape.PAYLOAD;
		}
		if (types.length == 2 && types[0] == String.class && types[1] != TelemetryEvent.class) {
			return Shape.NAME_AND_PAYLOAD;
		}
		throw failure("It takes parameters that the router cannot supply.",
				"Take nothing, (Payload payload), (String event, Payload payload)"
						+ " or (TelemetryEvent<Payload> event).");
	}

	/**
	 * Returns the method's name in its source. To that of an internal function, Kotlin
	 * appends the name of its module.
	 */
	String name() {
		String name = this.method.getName();
		int end = name.indexOf('$');
		return (end > 0 && KotlinDetector.isKotlinType(this.method.getDeclaringClass())) ? name.substring(0, end)
				: name;
	}

	/**
	 * Returns the class of the payloads that the method accepts.
	 */
	Class<?> payloadType(Shape shape) {
		return ClassUtils.resolvePrimitiveIfNecessary(payload(shape).toClass());
	}

	/**
	 * Returns the type of the method's payload parameter, with its known type arguments.
	 */
	ResolvableType payload(Shape shape) {
		return switch (shape) {
			case NOTHING -> ResolvableType.forClass(Object.class);
			case PAYLOAD -> parameterType(0);
			case NAME_AND_PAYLOAD -> parameterType(1);
			case EVENT -> parameterType(0).getGeneric();
		};
	}

	private ResolvableType parameterType(int index) {
		return ResolvableType.forMethodParameter(new MethodParameter(this.method, index), this.beanType);
	}

	/**
	 * Returns the completion of the method's result.
	 * @return the completion, or {@code null} if the method is synchronous
	 */
	@Nullable Completion completion() {
		Class<?> returnType = this.method.getReturnType();
		if (returnType == void.class) {
			return null;
		}
		Completion completion = Completion.of(returnType);
		if (completion == null) {
			throw failure("It returns '" + returnType.getName() + "', which the router cannot use.",
					"Return void, or a CompletionStage or a Publisher that completes when the event has been handled."
							+ " A result is not emitted: emit it with TelemetryEmitter.");
		}
		return completion;
	}

	/**
	 * Returns the value of {@link Order @Order}.
	 * @return the value, or {@code null} without the annotation
	 */
	@Nullable Integer order() {
		MergedAnnotation<Order> order = MergedAnnotations.from(this.method, SearchStrategy.TYPE_HIERARCHY)
			.get(Order.class);
		return order.isPresent() ? order.getInt(MergedAnnotation.VALUE) : null;
	}

	/**
	 * Returns whether the method has an annotation by which Spring calls it on an
	 * executor.
	 */
	boolean isSpringAsync() {
		return isAnyPresent(MergedAnnotations.from(this.method, SearchStrategy.TYPE_HIERARCHY));
	}

	/**
	 * Returns whether the class has an annotation by which Spring calls its methods on an
	 * executor.
	 */
	boolean isOfSpringAsyncClass() {
		return isAnyPresent(MergedAnnotations.from(this.beanType.toClass(), SearchStrategy.TYPE_HIERARCHY));
	}

	private static boolean isAnyPresent(MergedAnnotations annotations) {
		for (String annotation : ASYNC_ANNOTATIONS) {
			if (annotations.isPresent(annotation)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Returns the method's name for the leak detector and logs.
	 */
	String source() {
		return ClassUtils.getUserClass(this.method.getDeclaringClass()).getName() + "." + this.method.getName();
	}

	TelemetryListenerDefinitionException failure(String reason, String action) {
		return failure(reason, action, null);
	}

	TelemetryListenerDefinitionException failure(String reason, String action, @Nullable Throwable cause) {
		return new TelemetryListenerDefinitionException(this.beanName, this.method, reason, action, cause);
	}

}
