package io.telemetryrouter.spring.annotation;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.beans.BeanUtils;
import org.springframework.util.ReflectionUtils;

import io.telemetryrouter.spring.annotation.MethodCaller.Call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link MethodCaller}.
 */
class MethodCallerTests {

	static Stream<Way> ways() {
		return Stream.of(new Way("lambda", (method) -> {
			MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(Target.class, MethodHandles.lookup());
			return MethodCaller.ofLambda(lookup, lookup.unreflect(method), method.getParameterCount());
		}), new Way("handle", (method) -> {
			MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(Target.class, MethodHandles.lookup());
			return MethodCaller.ofHandle(lookup.unreflect(method), method.getParameterCount());
		}), new Way("reflection", MethodCaller::ofReflection), new Way("best", MethodCaller::of));
	}

	@ParameterizedTest
	@MethodSource("ways")
	void whenMethodTakesNothingThenArgumentsAreIgnored(Way way) throws Throwable {
		assertThat(way.call("nothing", "a", "b")).containsExactly("nothing");
	}

	@ParameterizedTest
	@MethodSource("ways")
	void whenMethodTakesOneArgumentThenFirstIsGiven(Way way) throws Throwable {
		assertThat(way.call("one", "a", "b")).containsExactly("a");
	}

	@ParameterizedTest
	@MethodSource("ways")
	void whenMethodTakesTwoArgumentsThenBothAreGiven(Way way) throws Throwable {
		assertThat(way.call("two", "a", "b")).containsExactly("a", "b");
	}

	@ParameterizedTest
	@MethodSource("ways")
	void whenParameterIsPrimitiveThenArgumentIsUnboxed(Way way) throws Throwable {
		assertThat(way.call("primitive", 42L, null)).containsExactly(42L);
	}

	@ParameterizedTest
	@MethodSource("ways")
	void whenMethodIsPrivateThenItIsCalled(Way way) throws Throwable {
		assertThat(way.call("hidden", "a", null)).containsExactly("hidden a");
	}

	@ParameterizedTest
	@MethodSource("ways")
	void whenMethodThrowsThenExceptionArrivesAsItIs(Way way) {
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> way.call("failing", null, null))
			.withMessage("disk full");
	}

	@Test
	void whenMethodReturnsSomethingThenItIsReturned() throws Throwable {
		Method method = method("returning");
		assertThat(MethodCaller.of(method).bind(new Target()).call("a", null)).isEqualTo("got a");
	}

	@Test
	void whenMethodReturnsNothingThenNoReflectionOrHandleIsUsed() throws Throwable {
		Call call = MethodCaller.of(method("one")).bind(new Target());
		assertThat(call.getClass().getSimpleName()).isEqualTo("ConsumerCall");
	}

	@Test
	void whenClassIsOfAnotherLoaderThenMethodIsCalled() throws Throwable {
		Class<?> type = new OtherLoader().loadClass(Target.class.getName());
		assertThat(type).isNotSameAs(Target.class);
		Object bean = BeanUtils.instantiateClass(type);
		for (String name : List.of("one", "hidden")) {
			Method method = ReflectionUtils.findMethod(type, name, Object.class);
			assertThat(method).isNotNull();
			MethodCaller.of(method).bind(bean).call("a", null);
		}
		assertThat(bean.toString()).isEqualTo("[a, hidden a]");
	}

	@Test
	void whenClassIsHiddenThenMethodsAreCalledWhatTheyReturnOrTake() throws Throwable {
		try (InputStream in = Target.class.getResourceAsStream("MethodCallerTests$Target.class")) {
			Class<?> type = MethodHandles.lookup().defineHiddenClass(in.readAllBytes(), true).lookupClass();
			Object bean = BeanUtils.instantiateClass(type);
			for (String name : List.of("nothing", "one", "hidden", "two", "returning")) {
				MethodCaller.of(method(type, name)).bind(bean).call("a", "b");
			}
			assertThat(bean.toString()).isEqualTo("[nothing, a, hidden a, a, b]");
		}
	}

	@Test
	void whenLambdaCannotBeMadeThenHandleOrReflectionIsUsed() throws Throwable {
		Method method = method("one");
		Error failure = new InternalError("the JDK's own");
		Target target = new Target();
		MethodCaller.first(method, (any) -> {
			throw failure;
		}, MethodCaller::ofReflection).bind(target).call("a", null);
		assertThat(target.calls).containsExactly("a");
		assertThatExceptionOfType(IllegalAccessException.class).isThrownBy(() -> MethodCaller.first(method, (any) -> {
			throw new NullPointerException();
		}, (any) -> {
			throw failure;
		})).withCause(failure);
	}

	@Test
	void whenLambdaCannotBeBoundThenHandleIsUsed() throws Throwable {
		MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(Target.class, MethodHandles.lookup());
		MethodHandle handle = lookup.unreflect(method("one"));
		MethodHandle broken = MethodHandles
			.dropArguments(MethodHandles.insertArguments(MethodHandles.throwException(Object.class, Error.class), 0,
					new VerifyError("the JDK's own")), 0, Object.class);
		Target target = new Target();
		MethodCaller.ofFactory(broken, handle, 1).bind(target).call("a", null);
		assertThat(target.calls).containsExactly("a");
	}

	private static Method method(Class<?> type, String name) {
		return Stream.of(type.getDeclaredMethods())
			.filter((method) -> method.getName().equals(name))
			.findFirst()
			.orElseThrow();
	}

	private static Method method(String name) {
		return method(Target.class, name);
	}

	record Way(String name, Factory factory) {

		List<Object> call(String method, Object first, Object second) throws Throwable {
			Target target = new Target();
			this.factory.create(method(method)).bind(target).call(first, second);
			return target.calls;
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

	interface Factory {

		MethodCaller create(Method method) throws Exception;

	}

	static class Target {

		private final List<Object> calls = new ArrayList<>();

		void nothing() {
			this.calls.add("nothing");
		}

		void one(Object argument) {
			this.calls.add(argument);
		}

		void two(String first, String second) {
			this.calls.add(first);
			this.calls.add(second);
		}

		void primitive(long value) {
			this.calls.add(value);
		}

		private void hidden(Object argument) {
			this.calls.add("hidden " + argument);
		}

		void failing() throws IOException {
			throw new IOException("disk full");
		}

		String returning(Object argument) {
			return "got " + argument;
		}

		@Override
		public String toString() {
			return this.calls.toString();
		}

	}

	/**
	 * Loads the target class again, like the restart class loader of Devtools.
	 */
	private static final class OtherLoader extends ClassLoader {

		OtherLoader() {
			super(MethodCallerTests.class.getClassLoader());
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			if (!name.equals(Target.class.getName())) {
				return super.loadClass(name, resolve);
			}
			synchronized (getClassLoadingLock(name)) {
				Class<?> loaded = findLoadedClass(name);
				if (loaded != null) {
					return loaded;
				}
				try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
					ByteArrayOutputStream out = new ByteArrayOutputStream();
					in.transferTo(out);
					return defineClass(name, out.toByteArray(), 0, out.size());
				}
				catch (IOException ex) {
					throw new ClassNotFoundException(name, ex);
				}
			}
		}

	}

}
