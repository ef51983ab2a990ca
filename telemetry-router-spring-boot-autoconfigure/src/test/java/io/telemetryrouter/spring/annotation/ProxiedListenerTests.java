package io.telemetryrouter.spring.annotation;

import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.aop.support.AopUtils;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.SimpleThreadScope;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.FailureReport;
import io.telemetryrouter.spring.annotation.elsewhere.PackagePrivateListener;
import io.telemetryrouter.spring.annotation.elsewhere.ProtectedListener;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Tests for {@link TelemetryListener} methods of proxied beans, including methods that
 * the proxy cannot override.
 */
class ProxiedListenerTests {

	private static final String OTHER_PACKAGE = "cannot override a package-private method that it inherits from another package";

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class))
		.withInitializer((context) -> context.getBeanFactory().registerScope("thread", new SimpleThreadScope()));

	static Stream<Arguments> faulty() {
		return Stream.of(arguments(AsyncBean.class, OTHER_PACKAGE, "Make the method protected or public."),
				arguments(LazyAsyncBean.class, OTHER_PACKAGE, "Make the method protected or public."),
				arguments(PrototypeAsyncBean.class, OTHER_PACKAGE, "Make the method protected or public."),
				arguments(ScopedInherited.class, OTHER_PACKAGE, "Make the method protected or public."),
				arguments(ScopedPrivate.class, "cannot override a private method", "Make the method package-private"),
				arguments(ScopedFinal.class, "cannot override a final method", "Make the method non-final"),
				arguments(ScopedInterface.class, "none of its interfaces has the method",
						"Declare the method in an interface"));
	}

	@ParameterizedTest
	@MethodSource("faulty")
	void whenProxyCannotPassMethodOnThenStartFailsAndSaysWhy(Class<?> configuration, String reason, String action) {
		assertFailure(this.contextRunner.withUserConfiguration(configuration), reason, action);
	}

	@ParameterizedTest
	@MethodSource("faulty")
	void whenEverythingIsLazyThenStartFailsAllTheSame(Class<?> configuration, String reason, String action) {
		assertFailure(this.contextRunner
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.withUserConfiguration(configuration), reason, action);
	}

	private static void assertFailure(ApplicationContextRunner contextRunner, String reason, String action) {
		contextRunner.run((context) -> {
			String report = FailureReport.of(context.getStartupFailure());
			assertThat(report).contains("Bean: listener").contains(".on(").contains(reason);
			assertThat(report.substring(report.indexOf("Action:"))).contains(action);
		});
	}

	@Test
	void whenInheritedMethodIsProtectedThenProxyPassesItOn() {
		this.contextRunner.withUserConfiguration(ProtectedAsyncBean.class).run((context) -> {
			assertThat(context).hasNotFailed();
			ProtectedListener listener = context.getBean(ProtectedListener.class);
			assertThat(AopUtils.isCglibProxy(listener)).isTrue();
			context.getBean(TelemetryRouter.class).emit("x", "a");
			assertThat(listener.received()).containsExactly("a");
		});
	}

	@Test
	void whenThereIsNoProxyThenMethodsNeedNoPassingOn() {
		this.contextRunner.withUserConfiguration(Unproxied.class).run((context) -> {
			assertThat(context).hasNotFailed();
			context.getBean(TelemetryRouter.class).emit("x", "a");
			assertThat(context.getBean("inherited", PackagePrivateListener.class).received()).containsExactly("a");
			assertThat(context.getBean("lazyPrivate", PrivateListener.class).received).containsExactly("a");
			assertThat(context.getBean("lazyFinal", FinalListener.class).received).containsExactly("a");
		});
	}

	public static class InheritingListener extends PackagePrivateListener {

		@Async
		public void later() {
		}

	}

	public static class InheritingProtectedListener extends ProtectedListener {

		@Async
		public void later() {
		}

	}

	static class PrivateListener {

		final List<Object> received = new java.util.ArrayList<>();

		@TelemetryListener("x")
		private void on(String payload) {
			this.received.add(payload);
		}

	}

	static class FinalListener {

		final List<Object> received = new java.util.ArrayList<>();

		@TelemetryListener("x")
		final void on(String payload) {
			this.received.add(payload);
		}

	}

	static class InterfaceListener implements Runnable {

		@TelemetryListener("x")
		public void on(String payload) {
		}

		@Override
		public void run() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync(proxyTargetClass = true)
	static class AsyncBean {

		@Bean
		InheritingListener listener() {
			return new InheritingListener();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync(proxyTargetClass = true)
	static class LazyAsyncBean {

		@Bean
		@Lazy
		InheritingListener listener() {
			return new InheritingListener();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync(proxyTargetClass = true)
	static class PrototypeAsyncBean {

		@Bean
		@Scope("prototype")
		InheritingListener listener() {
			return new InheritingListener();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync(proxyTargetClass = true)
	static class ProtectedAsyncBean {

		@Bean
		InheritingProtectedListener listener() {
			return new InheritingProtectedListener();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ScopedInherited {

		@Bean
		@Scope(scopeName = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
		InheritingListener listener() {
			return new InheritingListener();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ScopedPrivate {

		@Bean
		@Scope(scopeName = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
		PrivateListener listener() {
			return new PrivateListener();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ScopedFinal {

		@Bean
		@Scope(scopeName = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
		FinalListener listener() {
			return new FinalListener();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ScopedInterface {

		@Bean
		@Scope(scopeName = "thread", proxyMode = ScopedProxyMode.INTERFACES)
		InterfaceListener listener() {
			return new InterfaceListener();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Unproxied {

		@Bean
		PackagePrivateListener inherited() {
			return new InheritingListener();
		}

		@Bean
		@Lazy
		PrivateListener lazyPrivate() {
			return new PrivateListener();
		}

		@Bean
		@Lazy
		FinalListener lazyFinal() {
			return new FinalListener();
		}

	}

}
