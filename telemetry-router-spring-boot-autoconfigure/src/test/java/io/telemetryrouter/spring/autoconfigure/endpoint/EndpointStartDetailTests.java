package io.telemetryrouter.spring.autoconfigure.endpoint;

import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.AbstractApplicationContextRunner;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.autoconfigure.StartDetail;
import io.telemetryrouter.spring.test.StubRouter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EndpointStartDetail}.
 */
class EndpointStartDetailTests {

	private static final String EXPOSED = "management.endpoints.web.exposure.include=telemetryrouter";

	@Test
	void whenOverHttpThenPathAndWhatIsShownAreSaid() {
		assertThatDetail(new WebApplicationContextRunner(), EXPOSED)
			.isEqualTo("endpoint /actuator/telemetryrouter over HTTP shows counts and latencies only"
					+ " ('management.endpoint.telemetryrouter.show-values=when-authorized'"
					+ " adds stacks of stuck calls, types and messages of failures)");
	}

	@ParameterizedTest
	@CsvSource({ "server.servlet.context-path=/app, /app/actuator/telemetryrouter",
			"spring.mvc.servlet.path=/api, /api/actuator/telemetryrouter",
			"management.endpoints.web.base-path=/manage, /manage/telemetryrouter",
			"management.endpoints.web.path-mapping.telemetryrouter=router, /actuator/router",
			"management.server.port=9090, /actuator/telemetryrouter on port 9090" })
	void whenPathIsConfiguredThenItIsThatWhichIsSaid(String property, String location) {
		assertThatDetail(new WebApplicationContextRunner(), EXPOSED, property)
			.startsWith("endpoint " + location + " over HTTP shows");
	}

	@Test
	void whenValuesAreShownThenThatIsSaid() {
		String showValues = "management.endpoint.telemetryrouter.show-values=";
		assertThatDetail(new WebApplicationContextRunner(), EXPOSED, showValues + "WHEN_AUTHORIZED")
			.contains("to authorized users");
		assertThatDetail(new WebApplicationContextRunner(), EXPOSED, showValues + "ALWAYS").contains("to everyone",
				"may quote payloads");
	}

	@Test
	void whenNotOverHttpThenThatIsSaid() {
		String expected = "endpoint 'telemetryrouter' is exposed, but not over HTTP";
		assertThatDetail(new ApplicationContextRunner(), EXPOSED).isEqualTo(expected);
		assertThatDetail(new WebApplicationContextRunner(), EXPOSED, "management.server.port=-1").isEqualTo(expected);
		assertThatDetail(new WebApplicationContextRunner(), "spring.jmx.enabled=true",
				"management.endpoints.jmx.exposure.include=telemetryrouter")
			.isEqualTo(expected);
	}

	@Test
	void whenNotExposedThenThatIsSaid() {
		assertThatDetail(new WebApplicationContextRunner()).isEqualTo("endpoint 'telemetryrouter' is not exposed");
	}

	private static AbstractStringAssert<?> assertThatDetail(AbstractApplicationContextRunner<?, ?, ?> runner,
			String... properties) {
		String[] detail = new String[1];
		runner
			.withConfiguration(AutoConfigurations.of(EndpointAutoConfiguration.class,
					WebEndpointAutoConfiguration.class, TelemetryRouterEndpointAutoConfiguration.class))
			.withBean(TelemetryRouter.class, () -> new StubRouter().router())
			.withPropertyValues(properties)
			.run((context) -> detail[0] = context.getBean(StartDetail.class).describe());
		return assertThat(detail[0]);
	}

}
