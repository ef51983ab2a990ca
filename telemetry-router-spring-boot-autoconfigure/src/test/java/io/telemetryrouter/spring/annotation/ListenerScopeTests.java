package io.telemetryrouter.spring.annotation;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.context.support.SimpleThreadScope;

import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class ListenerScopeTests {

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
			assertThat(output.getOut().lines().filter((line) -> line.contains("do not listen"))).hasSize(3)
				.first()
				.asString()
				.contains("WARN")
				.contains("Methods [on] of bean 'lazy' (class '" + InterfaceListener.class.getName()
						+ "') have @TelemetryListener but do not listen: it did not exist when listeners were"
						+ " registered, and its declared type does not have these methods. Declare the @Bean method"
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
			source.getAutowireCapableBeanFactory().createBean(InterfaceListener.class);
			assertThat(output.getOut().lines().filter((line) -> line.contains("do not listen"))).hasSize(2)
				.first()
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
		this.contextRunner.withInitializer(ListenerScopeTests::registerThreadScope)
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
		this.contextRunner.withInitializer(ListenerScopeTests::registerThreadScope)
			.withUserConfiguration(ScopedConfiguration.class)
			.run((context) -> {
				emit(context, "a");
				emit(context, "b");
				onOtherThread(() -> emit(context, "c"));
				assertThat(received).containsExactly("1 a", "1 b", "2 c");
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

	private static void registerThreadScope(ConfigurableApplicationContext context) {
		context.getBeanFactory().registerScope("thread", new SimpleThreadScope());
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

}
