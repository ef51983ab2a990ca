package io.telemetryrouter.spring.autoconfigure.endpoint;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the path which {@link EndpointStartDetail} says is that of the endpoint.
 */
class EndpointStartDetailWebTests {

	@ParameterizedTest
	@ValueSource(strings = { "server.servlet.context-path=/app", "server.servlet.context-path=/app/",
			"spring.mvc.servlet.path=/api/", "server.servlet.context-path=/app spring.mvc.servlet.path=/api",
			"spring.webflux.base-path=/flux", "management.server.base-path=/ops",
			"management.server.port=0 management.server.base-path=ops/ server.servlet.context-path=/app",
			"management.server.port=0 management.server.base-path=/",
			"management.endpoints.web.base-path=/ management.endpoints.web.path-mapping.telemetryrouter=a/b" })
	void whenPathIsConfiguredThenTheEndpointIsAtThePathThatIsSaid(String properties) throws Exception {
		try (ConfigurableApplicationContext context = run(properties.split(" "))) {
			String detail = context.getBean(EndpointStartDetail.class).describe();
			Matcher matcher = Pattern.compile("endpoint (/\\S+)( on a random port)? over HTTP shows .*")
				.matcher(detail);
			assertThat(matcher.matches()).as(detail).isTrue();
			String port = (matcher.group(2) != null) ? "local.management.port" : "local.server.port";
			assertThat(get(context.getEnvironment().getRequiredProperty(port), matcher.group(1))).as(detail)
				.contains("\"handlerDetails\"");
		}
	}

	private static ConfigurableApplicationContext run(String... properties) {
		return new SpringApplicationBuilder(Application.class)
			.run(Stream.concat(Stream.of("server.port=0"), Stream.of(properties))
				.map((property) -> "--" + property)
				.toArray(String[]::new));
	}

	private static String get(String port, String path) throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build();
		return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(excludeName = "org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration")
	static class Application {

	}

}
