package io.telemetryrouter.spring.autoconfigure.endpoint;

import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.AbstractApplicationContextRunner;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.context.servlet.AnnotationConfigServletWebApplicationContext;
import org.springframework.mock.web.MockServletContext;

import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.actuate.endpoint.RunJournal;
import io.telemetryrouter.spring.autoconfigure.StartDetail;
import io.telemetryrouter.spring.test.StubRouter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

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
	@CsvSource({ "spring.mvc.servlet.path=/api, /api/actuator/telemetryrouter",
			"management.endpoints.web.base-path=/manage, /manage/telemetryrouter",
			"management.endpoints.web.path-mapping.telemetryrouter=router, /actuator/router",
			"management.server.port=9090, /actuator/telemetryrouter on port 9090" })
	void whenPathIsConfiguredThenItIsThatWhichIsSaid(String property, String location) {
		assertThatDetail(new WebApplicationContextRunner(), EXPOSED, property)
			.startsWith("endpoint " + location + " over HTTP shows");
	}

	@Test
	void whenWarIsDeployedThenContextPathIsThatOfTheContainer() {
		assertThatDetail(new WebApplicationContextRunner(() -> {
			AnnotationConfigServletWebApplicationContext context = new AnnotationConfigServletWebApplicationContext();
			MockServletContext container = new MockServletContext();
			container.setContextPath("/war");
			context.setServletContext(container);
			return context;
		}), EXPOSED, "server.servlet.context-path=/ignored")
			.startsWith("endpoint /war/actuator/telemetryrouter over HTTP shows");
	}

	/**
	 * Without the classes of WebFlux, whose paths these are, Spring Boot has no endpoint
	 * paths in a reactive context.
	 */
	@ParameterizedTest
	@CsvSource({ "server.servlet.context-path=/app, /actuator/telemetryrouter",
			"spring.mvc.servlet.path=/app, /actuator/telemetryrouter",
			"spring.webflux.base-path=/flux, /flux/actuator/telemetryrouter",
			"spring.webflux.base-path=flux/, /flux/actuator/telemetryrouter",
			"spring.webflux.base-path=/, /actuator/telemetryrouter" })
	void whenApplicationIsReactiveThenItsPathIsThatWhichIsSaid(String property, String location) {
		PathMappedEndpoints paths = mock(PathMappedEndpoints.class);
		given(paths.getPath(EndpointId.of("telemetryrouter"))).willReturn("/actuator/telemetryrouter");
		assertThatDetail(new ReactiveWebApplicationContextRunner().withBean(PathMappedEndpoints.class, () -> paths),
				EXPOSED, property)
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
	void whenThereIsAJournalThenPayloadsOfRunsAreAmongTheValues() {
		WebApplicationContextRunner runner = new WebApplicationContextRunner().withBean(RunJournal.class,
				() -> mock(RunJournal.class));
		for (Show showValues : Show.values()) {
			String property = "management.endpoint.telemetryrouter.show-values=" + showValues;
			assertThatDetail(runner, EXPOSED, property).contains("and payloads of runs in the journal");
			assertThatDetail(new WebApplicationContextRunner(), EXPOSED, property).doesNotContain("payloads of runs");
		}
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
		String expected = "endpoint 'telemetryrouter' is not exposed";
		assertThatDetail(new WebApplicationContextRunner()).isEqualTo(expected);
		assertThatDetail(new WebApplicationContextRunner(), EXPOSED, "management.endpoint.telemetryrouter.access=NONE")
			.isEqualTo(expected);
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
