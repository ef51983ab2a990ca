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
 * reference would be. Where that does not work (in classes of Devtools' restart loader or
 * of another module, and in hidden ones), and for methods that return something, a method
 * handle is used, and reflection where there can be none, as in a native image. What the
 * method throws is thrown as it is.
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
	 * @throws IllegalAccessException if the method may not be called from here, or, with
	 * a cause, cannot be linked
	 */
	static MethodCaller of(Method method) throws IllegalAccessException {
		if (NativeDetector.inNativeImage()) {
			return ofReflection(method);
		}
		if (method.getReturnType() != void.class || method.getDeclaringClass().isHidden()) {
			return first(method, MethodCaller::ofHandle, MethodCaller::ofReflection);
		}
		try {
			return ofLambda(method);
		}
		catch (Throwable ex) {
			// Once more, for what it throws: a start need not link the other ways
			return first(method, MethodCaller::ofLambda, MethodCaller::ofHandle, MethodCaller::ofReflection);
		}
	}

	/**
	 * Returns what the first way that works makes. Why one does not is no matter: what
	 * the JDK throws while it links depends on its version, and may be an
	 * {@link InternalError}.
	 */
	static MethodCaller first(Method method, Way... ways) throws IllegalAccessException {
		IllegalAccessException denied = null;
		Throwable last = null;
		for (Way way : ways) {
			try {
				return way.create(method);
			}
			catch (IllegalAccessException ex) {
				denied = ex;
			}
			catch (Throwable ex) {
				last = ex;
			}
		}
		if (denied == null) {
			denied = new IllegalAccessException("Method cannot be linked");
			denied.initCause(last);
		}
		throw denied;
	}

	private static MethodCaller ofLambda(Method method) throws IllegalAccessException, LambdaConversionException {
		Lookup lookup = MethodHandles.privateLookupIn(method.getDeclaringClass(), MethodHandles.lookup());
		return ofLambda(lookup, lookup.unreflect(method), method.getParameterCount());
	}

	private static MethodCaller ofHandle(Method method) throws IllegalAccessException {
		MethodHandle handle;
		try {
			handle = MethodHandles.privateLookupIn(method.getDeclaringClass(), MethodHandles.lookup())
				.unreflect(method);
		}
		catch (IllegalAccessException ex) {
			handle = MethodHandles.publicLookup().unreflect(method);
		}
		return ofHandle(handle, method.getParameterCount());
	}

	static MethodCaller ofLambda(Lookup lookup, MethodHandle handle, int parameters) throws LambdaConversionException {
		return ofFactory(switch (parameters) {
			case 0 -> lambdaFactory(lookup, handle, Runnable.class, "run");
			case 1 -> lambdaFactory(lookup, handle, Consumer.class, "accept");
			default -> lambdaFactory(lookup, handle, BiConsumer.class, "accept");
		}, handle, parameters);
	}

	static MethodCaller ofFactory(MethodHandle factory, MethodHandle handle, int parameters) {
		return new MethodCaller() {

			@Override
			@SuppressWarnings("unchecked")
			Call bind(Object bean) {
				Object lambda;
				try {
					lambda = (Object) factory.invokeExact(bean);
				}
				catch (Throwable ex) {
					// The generated class is linked only now
					return ofHandle(handle, parameters).bind(bean);
				}
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
	 * A way of calling methods.
	 */
	@FunctionalInterface
	interface Way {

		MethodCaller create(Method method) throws Exception;

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
