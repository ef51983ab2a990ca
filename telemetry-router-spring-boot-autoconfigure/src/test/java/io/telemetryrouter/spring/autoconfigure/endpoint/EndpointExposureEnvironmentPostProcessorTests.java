package io.telemetryrouter.spring.autoconfigure.endpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.DefaultResourceLoader;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EndpointExposureEnvironmentPostProcessor}.
 */
class EndpointExposureEnvironmentPostProcessorTests {

	private static final String INCLUDE = "management.endpoints.web.exposure.include";

	@Test
	void whenNothingIsSetThenHealthAndRouterAreIncluded() {
		assertThat(include(application(Empty.class))).isEqualTo("health,telemetryrouter");
	}

	@Test
	void whenApplicationSetsIncludeThenThatIsAll() {
		assertThat(include(application(Empty.class), "--" + INCLUDE + "=info")).isEqualTo("info");
	}

	@Test
	void whenApplicationSetsIncludeAsListThenNothingIsAdded() {
		assertThat(include(application(Empty.class), "--" + INCLUDE + "[0]=info")).isNull();
	}

	@Test
	void whenDefaultPropertiesSetIncludeThenThatIsAll() {
		SpringApplication application = application(Empty.class);
		application.setDefaultProperties(Map.of(INCLUDE, "info"));
		assertThat(include(application)).isEqualTo("info");
	}

	@Test
	void whenDefaultPropertiesSetOthersThenTheyStay() {
		SpringApplication application = application(Empty.class);
		application.setDefaultProperties(Map.of("some.property", "value"));
		try (ConfigurableApplicationContext context = application.run()) {
			assertThat(context.getEnvironment().getProperty(INCLUDE)).isEqualTo("health,telemetryrouter");
			assertThat(context.getEnvironment().getProperty("some.property")).isEqualTo("value");
		}
	}

	@Test
	void whenPropertySourceAnnotationSetsIncludeThenItWins() {
		assertThat(include(application(WithPropertySource.class))).isEqualTo("metrics");
	}

	@Test
	void whenActuatorIsMissingThenNothingIsSet() {
		SpringApplication application = new SpringApplication(
				new DefaultResourceLoader(new FilteredClassLoader("org.springframework.boot.actuate")), Empty.class);
		StandardEnvironment environment = new StandardEnvironment();
		new EndpointExposureEnvironmentPostProcessor().postProcessEnvironment(environment, application);
		assertThat(environment.getProperty(INCLUDE)).isNull();
	}

	private SpringApplication application(Class<?> source) {
		SpringApplication application = new SpringApplication(source);
		application.setWebApplicationType(WebApplicationType.NONE);
		return application;
	}

	private String include(SpringApplication application, String... arguments) {
		List<String> args = new ArrayList<>(List.of(arguments));
		args.add("--spring.main.banner-mode=off");
		try (ConfigurableApplicationContext context = application.run(args.toArray(String[]::new))) {
			return context.getEnvironment().getProperty(INCLUDE);
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Empty {

	}

	@Configuration(proxyBeanMethods = false)
	@PropertySource("classpath:io/telemetryrouter/spring/autoconfigure/endpoint/exposure.properties")
	static class WithPropertySource {

	}

}
