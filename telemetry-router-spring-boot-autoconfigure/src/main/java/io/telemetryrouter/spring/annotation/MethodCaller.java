package io.telemetryrouter.spring.annotation;

import java.lang.invoke.LambdaConversionException;
import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import org.springframework.core.NativeDetector;

/**
 * Calls a method of up to two parameters, without reflection on the way of a call
 * wherever that is possible.
 * <p>
 * A method that returns nothing is called through a class generated for it, as a method
 * reference would be. That works for methods of a class that the same loader has loaded
 * as this one; others (with Devtools' restart loader, for example) and methods that
 * return something are called through a method handle. In a native image nothing can be
 * generated, and reflection it is. What the method throws is thrown as it is.
 */
abstract class MethodCaller {

	/**
	 * Makes a call of the method of one bean.
	 * @param bean the bean
	 * @return the call; takes as many arguments as the method and ignores the rest
	 */
	abstract Call bind(Object bean);

	/**
	 * Returns what calls a method.
	 * @param method the method
	 * @return the caller
	 * @throws IllegalAccessException if the method may not be called from here
	 */
	static MethodCaller of(Method method) throws IllegalAccessException {
		if (NativeDetector.inNativeImage()) {
			return ofReflection(method);
		}
		Lookup lookup = MethodHandles.lookup();
		MethodHandle handle;
		try {
			lookup = MethodHandles.privateLookupIn(method.getDeclaringClass(), lookup);
			handle = lookup.unreflect(method);
		}
		catch (IllegalAccessException ex) {
			handle = MethodHandles.publicLookup().unreflect(method);
		}
		if (method.getReturnType() == void.class) {
			try {
				return ofLambda(lookup, handle, method.getParameterCount());
			}
			catch (LambdaConversionException | IllegalArgumentException | LinkageError ex) {
				// Not from here: the class is another loader's or module's
			}
		}
		return ofHandle(handle, method.getParameterCount());
	}

	static MethodCaller ofLambda(Lookup lookup, MethodHandle handle, int parameters) throws LambdaConversionException {
		MethodHandle factory = switch (parameters) {
			case 0 -> lambdaFactory(lookup, handle, Runnable.class, "run");
			case 1 -> lambdaFactory(lookup, handle, Consumer.class, "accept");
			default -> lambdaFactory(lookup, handle, BiConsumer.class, "accept");
		};
		return new MethodCaller() {

			@Override
			@SuppressWarnings("unchecked")
			Call bind(Object bean) {
				Object lambda = create(factory, bean);
				return switch (parameters) {
					case 0 -> new RunnableCall((Runnable) lambda);
					case 1 -> new ConsumerCall((Consumer<@Nullable Object>) lambda);
					default -> new BiConsumerCall((BiConsumer<@Nullable Object, @Nullable Object>) lambda);
				};
			}

		};
	}

	private static MethodHandle lambdaFactory(Lookup lookup, MethodHandle handle, Class<?> type, String name)
			throws LambdaConversionException {
		Class<?> receiver = handle.type().parameterType(0);
		MethodType called = handle.type().dropParameterTypes(0, 1).changeReturnType(void.class);
		return LambdaMetafactory
			.metafactory(lookup, name, MethodType.methodType(type, receiver),
					called.generic().changeReturnType(void.class), handle, called.wrap().changeReturnType(void.class))
			.getTarget()
			.asType(MethodType.methodType(Object.class, Object.class));
	}

	private static Object create(MethodHandle factory, Object bean) {
		try {
			return (Object) factory.invokeExact(bean);
		}
		catch (Throwable ex) {
			throw sneaky(ex);
		}
	}

	static MethodCaller ofHandle(MethodHandle handle, int parameters) {
		return new MethodCaller() {

			@Override
			Call bind(Object bean) {
				MethodHandle bound = handle.bindTo(bean);
				MethodHandle generic = bound.asType(bound.type().generic());
				return new HandleCall(MethodHandles.dropArguments(generic, parameters,
						MethodType.genericMethodType(2 - parameters).parameterList()));
			}

		};
	}

	static MethodCaller ofReflection(Method method) throws IllegalAccessException {
		if (!method.trySetAccessible()) {
			throw new IllegalAccessException("Method cannot be made accessible");
		}
		int parameters = method.getParameterCount();
		return new MethodCaller() {

			@Override
			Call bind(Object bean) {
				return (first, second) -> {
					try {
						return switch (parameters) {
							case 0 -> method.invoke(bean);
							case 1 -> method.invoke(bean, first);
							default -> method.invoke(bean, first, second);
						};
					}
					catch (InvocationTargetException ex) {
						throw sneaky(ex.getTargetException());
					}
				};
			}

		};
	}

	/**
	 * Throws anything as if it were unchecked.
	 * @param error what to throw
	 * @return nothing; lets callers write {@code throw sneaky(...)}
	 */
	static RuntimeException sneaky(Throwable error) {
		return MethodCaller.<RuntimeException>throwAs(error);
	}

	@SuppressWarnings("unchecked")
	private static <X extends Throwable> RuntimeException throwAs(Throwable error) throws X {
		throw (X) error;
	}

	/**
	 * A call of one method of one bean. Throws whatever the method throws.
	 */
	@FunctionalInterface
	interface Call {

		@Nullable Object call(@Nullable Object first, @Nullable Object second) throws Exception;

	}

	private record RunnableCall(Runnable target) implements Call {

		@Override
		public @Nullable Object call(@Nullable Object first, @Nullable Object second) {
			this.target.run();
			return null;
		}

	}

	private record ConsumerCall(Consumer<@Nullable Object> target) implements Call {

		@Override
		public @Nullable Object call(@Nullable Object first, @Nullable Object second) {
			this.target.accept(first);
			return null;
		}

	}

	private record BiConsumerCall(BiConsumer<@Nullable Object, @Nullable Object> target) implements Call {

		@Override
		public @Nullable Object call(@Nullable Object first, @Nullable Object second) {
			this.target.accept(first, second);
			return null;
		}

	}

	private record HandleCall(MethodHandle target) implements Call {

		@Override
		public @Nullable Object call(@Nullable Object first, @Nullable Object second) {
			try {
				return (Object) this.target.invokeExact(first, second);
			}
			catch (Throwable ex) {
				throw sneaky(ex);
			}
		}

	}

}
