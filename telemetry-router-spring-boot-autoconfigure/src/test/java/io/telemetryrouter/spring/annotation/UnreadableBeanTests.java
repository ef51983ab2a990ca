package io.telemetryrouter.spring.annotation;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.beans.BeanUtils;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.javapoet.ClassName;

import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.FailureReport;
import io.telemetryrouter.spring.annotation.elsewhere.IncompleteListener;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for beans whose classes refer to a class that is not on the class path.
 */
@ExtendWith(OutputCaptureExtension.class)
class UnreadableBeanTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class))
		.withBean("good", GoodListener.class);

	@ParameterizedTest
	@ValueSource(classes = { InSignature.class, InAnnotation.class })
	void whenLazyBeanCannotBeReadThenApplicationStarts(Class<?> type, CapturedOutput output) {
		assertStarts(type, (definition) -> definition.setLazyInit(true));
		assertThat(output).doesNotContain("Bean 'bean' cannot");
	}

	@ParameterizedTest
	@ValueSource(classes = { InSignature.class, InAnnotation.class })
	void whenPrototypeCannotBeReadThenApplicationStarts(Class<?> type, CapturedOutput output) {
		assertStarts(type, (definition) -> definition.setScope("prototype"));
		assertThat(output).doesNotContain("Bean 'bean' cannot");
	}

	@Test
	void whenListenerOfLazyBeanMentionsMissingClassThenApplicationStartsWithAWarning(CapturedOutput output) {
		assertStarts(IncompleteListener.class, (definition) -> definition.setLazyInit(true));
		assertThat(output).contains("WARN")
			.contains(
					"IncompleteListener.on(io.telemetryrouter.TelemetryEvent)' of bean 'bean' cannot be a telemetry handler")
			.contains("IncompleteListener$Absent not present");
	}

	@Test
	void whenListenerThatIsUsedMentionsMissingClassThenStartFails() {
		this.contextRunner
			.withInitializer((context) -> context.getBeanFactory()
				.registerSingleton("bean", BeanUtils.instantiateClass(incomplete(IncompleteListener.class))))
			.run((context) -> assertThat(FailureReport.of(context.getStartupFailure())).contains("Bean: bean")
				.contains("IncompleteListener.on(")
				.contains("IncompleteListener$Absent not present")
				.contains("Add the missing class to the class path"));
	}

	@Test
	void whenBeanThatIsUsedCannotBeReadThenItIsReported(CapturedOutput output) {
		this.contextRunner
			.withInitializer((context) -> context.getBeanFactory()
				.registerSingleton("bean", BeanUtils.instantiateClass(incomplete(InSignature.class))))
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("WARN")
			.contains("Bean 'bean' cannot be searched for @TelemetryListener methods, so none of them listens.")
			.contains("UnreadableBeanTests$InSignature' cannot be read: java.lang.ClassNotFoundException: ");
	}

	@Test
	void whenProductOfFactoryBeanCannotBeReadThenItIsReportedOnce(CapturedOutput output) {
		this.contextRunner.withBean("bean", IncompleteFactory.class).run((context) -> {
			assertThat(output).doesNotContain("Bean 'bean' cannot");
			context.getBean("bean");
			context.getBean("bean");
		});
		assertThat(output.getOut().lines().filter((line) -> line.contains("Bean 'bean' cannot"))).singleElement()
			.asString()
			.contains("Bean 'bean' cannot be searched for @TelemetryListener methods, so none of them listens.")
			.contains("UnreadableBeanTests$InSignature' cannot be read: java.lang.ClassNotFoundException: ");
	}

	@ParameterizedTest
	@ValueSource(classes = { InSignature.class, InAnnotation.class, IncompleteListener.class })
	void whenBeanCannotBeReadThenAheadOfTimeProcessingGoesOn(Class<?> type) {
		GenericApplicationContext context = new GenericApplicationContext();
		RootBeanDefinition definition = new RootBeanDefinition(incomplete(type));
		definition.setLazyInit(true);
		context.registerBeanDefinition("bean", definition);
		var contribution = new TelemetryListenerAotProcessor()
			.processAheadOfTime(RegisteredBean.of(context.getDefaultListableBeanFactory(), "bean"));
		if (contribution != null) {
			contribution.applyTo(new DefaultGenerationContext(new ClassNameGenerator(ClassName.get(type)),
					new InMemoryGeneratedFiles()), null);
		}
	}

	private void assertStarts(Class<?> type, Consumer<RootBeanDefinition> how) {
		this.contextRunner.withInitializer((context) -> {
			RootBeanDefinition definition = new RootBeanDefinition(incomplete(type));
			how.accept(definition);
			((GenericApplicationContext) context).registerBeanDefinition("bean", definition);
		}).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(TelemetryRouter.class).snapshot().handlers()).containsOnlyKeys("good.on");
		});
	}

	/**
	 * Loads a class with a class loader that cannot find {@link Missing}.
	 */
	private static Class<?> incomplete(Class<?> type) {
		try {
			return new IncompleteLoader(type.getName()).loadClass(type.getName());
		}
		catch (ClassNotFoundException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static class Missing {

	}

	@interface Mentions {

		Class<?> value();

	}

	static class GoodListener {

		@TelemetryListener("x")
		void on() {
		}

	}

	static class InSignature {

		@TelemetryListener("x")
		void on(String payload) {
		}

		void unrelated(Missing missing) {
		}

	}

	static class InAnnotation {

		@Mentions(Missing.class)
		@TelemetryListener("x")
		void on(String payload) {
		}

		void unrelated(Missing missing) {
		}

	}

	static class IncompleteFactory implements FactoryBean<Object> {

		@Override
		public Object getObject() {
			return BeanUtils.instantiateClass(incomplete(InSignature.class));
		}

		@Override
		public Class<?> getObjectType() {
			return Object.class;
		}

		@Override
		public boolean isSingleton() {
			return false;
		}

	}

	private static final class IncompleteLoader extends ClassLoader {

		private final String name;

		IncompleteLoader(String name) {
			super(UnreadableBeanTests.class.getClassLoader());
			this.name = name;
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			if (name.equals(Missing.class.getName()) || name.equals(IncompleteListener.Absent.class.getName())) {
				throw new ClassNotFoundException(name);
			}
			if (!name.equals(this.name)) {
				return super.loadClass(name, resolve);
			}
			synchronized (getClassLoadingLock(name)) {
				Class<?> loaded = findLoadedClass(name);
				return (loaded != null) ? loaded : define(name);
			}
		}

		private Class<?> define(String name) throws ClassNotFoundException {
			try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
				byte[] bytes = in.readAllBytes();
				return defineClass(name, bytes, 0, bytes.length);
			}
			catch (IOException ex) {
				throw new ClassNotFoundException(name, ex);
			}
		}

	}

}
