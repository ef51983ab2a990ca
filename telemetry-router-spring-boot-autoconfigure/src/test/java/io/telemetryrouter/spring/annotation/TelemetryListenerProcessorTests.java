package io.telemetryrouter.spring.annotation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableAsync;

import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TelemetryListenerProcessor}.
 */
@ExtendWith(OutputCaptureExtension.class)
class TelemetryListenerProcessorTests {

	private static final AtomicInteger created = new AtomicInteger();

	private static final List<String> received = new ArrayList<>();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class));

	@BeforeEach
	void reset() {
		created.set(0);
		received.clear();
	}

	@Test
	void whenBeanHasClassBasedProxyThenAdviceRuns() {
		assertAdvised(() -> advised(new CountingListener(), true));
	}

	@Test
	void whenBeanHasInterfaceBasedProxyThenAdviceRuns() {
		assertAdvised(() -> advised(new InterfaceListener(), false));
	}

	@Test
	void whenBeanHasInterfaceBasedAutoProxyThenAdviceRuns() {
		this.contextRunner.withUserConfiguration(AutoProxyConfiguration.class).run((context) -> {
			assertThat(context.getBean("listener")).isNotInstanceOf(InterfaceListener.class);
			emit(context, "a");
			assertThat(received).containsExactly("a");
			assertThat(handlerIds(context)).containsExactly("listener.on");
		});
	}

	@Test
	void whenProxiedMethodThrowsCheckedExceptionThenItArrivesUnwrapped() {
		this.contextRunner.withBean("failing", Object.class, () -> advised(new FailingListener(), false))
			.run((context) -> {
				emit(context, "a");
				HandlerSnapshot handler = router(context).handlerSnapshot("failing.on");
				assertThat(handler.lastFailure().type()).isEqualTo(IOException.class.getName());
			});
	}

	private void assertAdvised(Supplier<Object> proxy) {
		this.contextRunner.withBean("proxied", Object.class, proxy).run((context) -> {
			emit(context, "a");
			assertThat(received).hasSize(2).first().isEqualTo("advice");
			assertThat(handlerIds(context)).containsExactly("proxied.on");
		});
	}

	@Test
	void whenBeanIsDestroyedThenItsHandlersLeaveFirst() {
		this.contextRunner.withBean("counting", CountingListener.class)
			.withBean("other", InterfaceListener.class)
			.run((context) -> {
				destroySingleton(context, "counting");
				assertThat(handlerIds(context)).containsExactly("other.on");
				emit(context, "a");
				assertThat(received).containsExactly("a");
			});
	}

	@Test
	void whenEventsAreEmittedDuringStartThenTheyArriveInOrderAfterwards() {
		this.contextRunner.withUserConfiguration(EarlyEmitters.class).run((context) -> {
			emit(context, "d");
			assertThat(received).containsExactly("1 a", "1 b", "1 c", "1 d");
		});
	}

	@Test
	void whenBeanIsNullThenItIsIgnored() {
		this.contextRunner.withUserConfiguration(NullConfiguration.class)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void whenBeanCannotBeComparedWithNullThenItListensAllTheSame() {
		this.contextRunner.withBean("incomparable", IncomparableListener.class).run((context) -> {
			emit(context, "a");
			assertThat(received).containsExactly("a");
		});
	}

	private static Object advised(Object target, boolean ofClass) {
		ProxyFactory factory = new ProxyFactory(target);
		factory.setProxyTargetClass(ofClass);
		factory.addAdvice((org.aopalliance.intercept.MethodInterceptor) (invocation) -> {
			received.add("advice");
			return invocation.proceed();
		});
		return factory.getProxy();
	}

	private static void destroySingleton(AssertableApplicationContext context, String name) {
		((DefaultListableBeanFactory) context.getSourceApplicationContext(ConfigurableApplicationContext.class)
			.getBeanFactory()).destroySingleton(name);
	}

	private static void emit(AssertableApplicationContext context, String payload) {
		context.getBean(TelemetryEmitter.class).emit("x", payload);
	}

	private static TelemetryRouter router(AssertableApplicationContext context) {
		return context.getBean(TelemetryRouter.class);
	}

	private static Iterable<String> handlerIds(AssertableApplicationContext context) {
		return router(context).snapshot().handlers().keySet();
	}

	static class CountingListener {

		private final int number = created.incrementAndGet();

		@TelemetryListener("x")
		void on(String payload) {
			received.add(this.number + " " + payload);
		}

	}

	static class IncomparableListener {

		@TelemetryListener("x")
		void on(String payload) {
			received.add(payload);
		}

		@Override
		public boolean equals(Object other) {
			return hashCode() == other.hashCode();
		}

		@Override
		public int hashCode() {
			return 1;
		}

	}

	interface Listener {

		void on(String payload);

	}

	static class InterfaceListener implements Listener {

		@Override
		@TelemetryListener("x")
		public void on(String payload) {
			received.add(payload);
		}

	}

	static class FailingListener implements Listener {

		@Override
		@TelemetryListener("x")
		public void on(String payload) {
			throw MethodCaller.sneaky(new IOException("disk full"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	static class AutoProxyConfiguration {

		@Bean
		AsyncInterfaceListener listener() {
			return new AsyncInterfaceListener();
		}

	}

	static class AsyncInterfaceListener extends InterfaceListener {

		@org.springframework.scheduling.annotation.Async
		void later() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class EarlyEmitters {

		@Bean
		InitializingBean early(TelemetryEmitter emitter) {
			return () -> {
				emitter.emit("x", "a");
				emitter.emit("x", "b");
			};
		}

		@Bean
		CountingListener counting(ObjectProvider<InitializingBean> early, TelemetryEmitter emitter) {
			early.getObject();
			emitter.emit("x", "c");
			return new CountingListener();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NullConfiguration {

		@Bean
		CountingListener nothing() {
			return null;
		}

	}

}
