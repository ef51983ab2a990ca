package io.telemetryrouter.spring.annotation;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TelemetryListener} methods of beans whose classes are generated at run
 * time: lambdas, other hidden classes, proxies created by the application, mocks.
 */
class GeneratedListenerTests {

	static final List<Object> received = new ArrayList<>();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class));

	@BeforeEach
	void reset() {
		received.clear();
	}

	@Test
	void whenBeanIsLambdaThenItListens() {
		this.contextRunner.withUserConfiguration(Lambdas.class).run((context) -> {
			TelemetryRouter router = router(context);
			router.emit("s", "payload");
			assertThat(received).containsExactlyInAnyOrder("lambda payload", "reference payload", "lazy payload",
					"event payload");
			assertThat(router.snapshot().handlers()).containsOnlyKeys("sink.take", "reference.take", "lazy.take",
					"event.take", "typed.take");
		});
	}

	@Test
	void whenBeanIsLambdaOfGenericInterfaceThenItsDeclaredTypeSaysWhichPayload() {
		this.contextRunner.withUserConfiguration(Lambdas.class).run((context) -> {
			router(context).emit("typed", 42L);
			router(context).emit("typed", "text");
			HandlerSnapshot handler = router(context).handlerSnapshot("typed.take");
			assertThat(handler.payloadType()).isEqualTo(Long.class);
			assertThat(handler.account().failed()).isZero();
			assertThat(received).containsExactly("typed 42");
		});
	}

	@Test
	void whenBeanIsOfOtherHiddenClassThenItListens() {
		this.contextRunner.withBean("hidden", Object.class, GeneratedListenerTests::newHidden).run(emitAndReceive());
	}

	@Test
	void whenBeanIsProxyMadeByHandThenItListens() {
		for (Class<?> type : List.of(Sink.class, PublicSink.class)) {
			reset();
			Object proxy = Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type },
					GeneratedListenerTests::invoke);
			this.contextRunner.withBean("proxy", Object.class, () -> proxy).run(emitAndReceive());
		}
	}

	@Test
	void whenBeanIsMockThenItReceivesEvents() {
		for (Class<? extends Sink> type : List.of(Sink.class, MockedSink.class)) {
			Sink mock = Mockito.mock(type);
			this.contextRunner.withBean("mock", Sink.class, () -> mock).run((context) -> {
				assertThat(context).hasNotFailed();
				router(context).emit("s", "payload");
				Mockito.verify(mock).take("payload");
			});
		}
	}

	private static ContextConsumer<AssertableApplicationContext> emitAndReceive() {
		return (context) -> {
			assertThat(context).hasNotFailed();
			router(context).emit("s", "payload");
			assertThat(received).containsExactly("payload");
		};
	}

	private static Object invoke(Object proxy, Method method, Object... arguments) {
		return switch (method.getName()) {
			case "take" -> {
				received.add(arguments[0]);
				yield null;
			}
			case "hashCode" -> 1;
			case "toString" -> "proxy";
			default -> proxy == arguments[0];
		};
	}

	static Object newHidden() {
		try (InputStream in = HiddenListener.class.getResourceAsStream("GeneratedListenerTests$HiddenListener.class")) {
			Class<?> type = MethodHandles.lookup().defineHiddenClass(in.readAllBytes(), true).lookupClass();
			assertThat(type.isHidden()).isTrue();
			Constructor<?> constructor = type.getDeclaredConstructor();
			constructor.setAccessible(true);
			return constructor.newInstance();
		}
		catch (IOException | ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static TelemetryRouter router(AssertableApplicationContext context) {
		return context.getBean(TelemetryRouter.class);
	}

	interface Sink {

		@TelemetryListener("s")
		void take(String payload);

	}

	public interface PublicSink {

		@TelemetryListener("s")
		void take(String payload);

	}

	interface EventSink {

		@TelemetryListener("s")
		void take(TelemetryEvent<String> event);

	}

	interface TypedSink<T> {

		@TelemetryListener("typed")
		void take(T payload);

	}

	static class MockedSink implements Sink {

		@Override
		public void take(String payload) {
			throw new AssertionError();
		}

	}

	static class HiddenListener {

		@TelemetryListener("s")
		void on(String payload) {
			GeneratedListenerTests.received.add(payload);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Lambdas {

		@Bean
		Sink sink() {
			return (payload) -> received.add("lambda " + payload);
		}

		@Bean
		Sink reference() {
			return this::receive;
		}

		@Bean
		@Lazy
		Sink lazy() {
			return (payload) -> received.add("lazy " + payload);
		}

		@Bean
		EventSink event() {
			return (event) -> received.add("event " + event.payload());
		}

		@Bean
		TypedSink<Long> typed() {
			return (payload) -> received.add("typed " + payload);
		}

		private void receive(String payload) {
			received.add("reference " + payload);
		}

	}

}
