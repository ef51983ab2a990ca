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
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.context.support.SimpleThreadScope;
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
	void whenBeanIsLazyThenFirstEventCreatesItAndItIsKept() {
		this.contextRunner.withUserConfiguration(LazyConfiguration.class).run((context) -> {
			assertThat(created).hasValue(0);
			emit(context, "a");
			emit(context, "b");
			assertThat(created).hasValue(1);
			assertThat(received).containsExactly("1 a", "1 b");
		});
	}

	@Test
	void whenLazyBeanIsDeclaredByItsInterfaceThenItIsSaidOnceThatItDoesNotListen(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(LazyByInterfaceConfiguration.class).run((context) -> {
			assertThat(handlerIds(context)).containsExactly("counting.on", "half.on");
			assertThat(output).doesNotContain("do not listen");
			context.getBean("lazy");
			context.getBean("prototype");
			context.getBean("prototype");
			context.getBean("counting");
			context.getBean("half");
			assertThat(output.getOut().lines().filter((line) -> line.contains("do not listen"))).hasSize(2)
				.first()
				.asString()
				.contains("WARN")
				.contains("Methods [on] of bean 'lazy' (class '" + InterfaceListener.class.getName()
						+ "') have @TelemetryListener but do not listen: it did not exist when listeners were"
						+ " registered, and the type it is declared with does not show them. Declare the @Bean method"
						+ " with the return type '" + InterfaceListener.class.getName() + "'.");
			assertThat(output).contains("Methods [more] of bean 'half'");
		});
	}

	@Test
	void whenBeanIsRegisteredLaterThenItIsSaidOnceThatItDoesNotListen(CapturedOutput output) {
		this.contextRunner.run((context) -> {
			GenericApplicationContext source = context.getSourceApplicationContext(GenericApplicationContext.class);
			source.registerBean("late", InterfaceListener.class);
			source.getBean("late");
			source.getAutowireCapableBeanFactory().createBean(InterfaceListener.class);
			assertThat(output.getOut().lines().filter((line) -> line.contains("do not listen"))).singleElement()
				.asString()
				.contains("of bean 'late'")
				.contains("it was registered after listeners were. Register it before the application has started, or"
						+ " subscribe its methods with TelemetryRouter.subscribe.");
		});
	}

	@Test
	void whenFactoryBeanIsLazyThenFirstEventCreatesIt() {
		this.contextRunner.withUserConfiguration(LazyFactoryConfiguration.class).run((context) -> {
			assertThat(created).hasValue(0);
			emit(context, "a");
			emit(context, "b");
			assertThat(received).containsExactly("2 a", "2 b");
		});
	}

	@Test
	void whenApplicationIsLazyThenListenersStillListen() {
		this.contextRunner
			.withInitializer((context) -> context
				.addBeanFactoryPostProcessor(new org.springframework.boot.LazyInitializationBeanFactoryPostProcessor()))
			.withBean("counting", CountingListener.class)
			.run((context) -> {
				assertThat(created).hasValue(0);
				emit(context, "a");
				assertThat(received).containsExactly("1 a");
			});
	}

	@Test
	void whenBeanIsPrototypeThenEachEventGetsItsOwn() {
		this.contextRunner.withUserConfiguration(PrototypeConfiguration.class).run((context) -> {
			emit(context, "a");
			emit(context, "b");
			assertThat(received).containsExactly("1 a", "2 b");
			assertThat(handlerIds(context)).containsExactly("counting.on");
		});
	}

	@Test
	void whenBeanHasScopedProxyThenEventsGoToInstanceInScope() throws Exception {
		this.contextRunner.withInitializer(TelemetryListenerProcessorTests::registerThreadScope)
			.withUserConfiguration(ScopedProxyConfiguration.class)
			.run((context) -> {
				assertThat(created).hasValue(0);
				assertThat(handlerIds(context)).containsExactly("counting.on");
				emit(context, "a");
				emit(context, "b");
				onOtherThread(() -> emit(context, "c"));
				assertThat(received).containsExactly("1 a", "1 b", "2 c");
			});
	}

	@Test
	void whenScopedBeanHasNoProxyThenEventsGoToInstanceInScope() {
		this.contextRunner.withInitializer(TelemetryListenerProcessorTests::registerThreadScope)
			.withUserConfiguration(ScopedConfiguration.class)
			.run((context) -> {
				emit(context, "a");
				emit(context, "b");
				onOtherThread(() -> emit(context, "c"));
				assertThat(received).containsExactly("1 a", "1 b", "2 c");
			});
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
	void whenLazyBeanIsDestroyedThenItsHandlersLeave() {
		this.contextRunner.withUserConfiguration(LazyConfiguration.class).run((context) -> {
			emit(context, "a");
			destroySingleton(context, "counting");
			assertThat(handlerIds(context)).isEmpty();
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
	void whenParentHasRouterThenChildUsesItAndEachBeanListensOnce() {
		this.contextRunner.withBean("inParent", InterfaceListener.class).run((parent) -> {
			this.contextRunner.withParent(parent).withBean("inChild", InterfaceListener.class).run((child) -> {
				assertThat(child.getBean(TelemetryRouter.class)).isSameAs(parent.getBean(TelemetryRouter.class));
				assertThat(handlerIds(child)).containsExactly("inParent.on", "inChild.on");
				emit(child, "a");
				assertThat(received).containsExactly("a", "a");
			});
			assertThat(handlerIds(parent)).containsExactly("inParent.on");
			emit(parent, "b");
			assertThat(received).containsExactly("a", "a", "b");
		});
	}

	@Test
	void whenSiblingsHaveSameListenersThenEachListensUnderAnIdOfItsOwn(CapturedOutput output) {
		ApplicationContextRunner sibling = this.contextRunner.withBean("listener", InterfaceListener.class)
			.withBean("named", NamedListener.class);
		this.contextRunner.withPropertyValues("telemetry-router.handlers.listener.on.priority=7").run((parent) -> {
			sibling.withParent(parent).run((first) -> {
				assertThat(first).hasNotFailed();
				sibling.withParent(parent).run((second) -> {
					assertThat(second).hasNotFailed();
					assertThat(handlerIds(parent)).containsExactly("listener.on", "audit", "listener.on#2", "audit#2");
					assertThat(router(parent).handlerSnapshot("listener.on#2").priority()).isEqualTo(7);
					emit(second, "a");
					assertThat(received).containsExactly("named a", "named a", "a", "a");
				});
				assertThat(handlerIds(parent)).containsExactly("listener.on", "audit");
			});
		});
		assertThat(output)
			.contains("Handler 'listener.on' of the TelemetryRouter of the parent context is another"
					+ " context's: method ")
			.contains("InterfaceListener.on(java.lang.String)' of bean 'listener' is handler 'listener.on#2' here");
	}

	@Test
	void whenSiblingsShareParentsRouterButNoProcessorThenParentsBeansListenOnce() {
		try (AnnotationConfigApplicationContext parent = new AnnotationConfigApplicationContext()) {
			parent.registerBean("inParent", InterfaceListener.class);
			parent.registerBean("router", TelemetryRouter.class, () -> TelemetryRouter.builder().build());
			parent.refresh();
			this.contextRunner.withParent(parent).run((first) -> this.contextRunner.withParent(parent).run((second) -> {
				assertThat(second).hasNotFailed();
				emit(second, "a");
				assertThat(received).containsExactly("a");
			}));
		}
	}

	@Test
	void whenParentHasNoProcessorThenChildLooksAfterItsBeans() {
		try (AnnotationConfigApplicationContext parent = new AnnotationConfigApplicationContext()) {
			parent.registerBean("inParent", InterfaceListener.class);
			parent.refresh();
			this.contextRunner.withParent(parent).withBean("inChild", InterfaceListener.class).run((child) -> {
				assertThat(handlerIds(child)).containsExactly("inChild.on", "inParent.on");
				emit(child, "a");
				assertThat(received).containsExactly("a", "a");
			});
			assertThat(parent.getBeanFactory()).extracting("disposableBeans")
				.asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
				.isEmpty();
		}
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

	private static void registerThreadScope(ConfigurableApplicationContext context) {
		context.getBeanFactory().registerScope("thread", new SimpleThreadScope());
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

	private static void onOtherThread(Runnable task) throws InterruptedException {
		Thread thread = new Thread(task);
		thread.start();
		thread.join();
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

	static class NamedListener {

		@TelemetryListener(events = "x", id = "audit")
		void on(String payload) {
			received.add("named " + payload);
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
	static class LazyConfiguration {

		@Bean
		@Lazy
		CountingListener counting() {
			return new CountingListener();
		}

	}

	interface HalfListener {

		@TelemetryListener("x")
		void on(String payload);

	}

	static class WholeListener implements HalfListener {

		@Override
		public void on(String payload) {
		}

		@TelemetryListener("x")
		void more(String payload) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LazyByInterfaceConfiguration {

		@Bean
		@Lazy
		Listener lazy() {
			return new InterfaceListener();
		}

		@Bean
		@Scope("prototype")
		Listener prototype() {
			return new InterfaceListener();
		}

		@Bean
		@Lazy
		CountingListener counting() {
			return new CountingListener();
		}

		@Bean
		@Lazy
		HalfListener half() {
			return new WholeListener();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LazyFactoryConfiguration {

		@Bean
		@Lazy
		CountingFactory counting() {
			return new CountingFactory();
		}

	}

	static class CountingFactory implements FactoryBean<CountingListener> {

		CountingFactory() {
			created.incrementAndGet();
		}

		@Override
		public CountingListener getObject() {
			return new CountingListener();
		}

		@Override
		public Class<?> getObjectType() {
			return CountingListener.class;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PrototypeConfiguration {

		@Bean
		@Scope("prototype")
		CountingListener counting() {
			return new CountingListener();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ScopedProxyConfiguration {

		@Bean
		@Scope(scopeName = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
		CountingListener counting() {
			return new CountingListener();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ScopedConfiguration {

		@Bean
		@Scope("thread")
		CountingListener counting() {
			return new CountingListener();
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
