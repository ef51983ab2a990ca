package io.telemetryrouter.spring;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import javax.xml.parsers.DocumentBuilderFactory;

import org.junit.jupiter.api.Test;
import org.w3c.dom.NodeList;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests what the starter brings: it has no code that could be tested.
 */
class StarterTests {

	private static final Path POM = Path.of("")
		.toAbsolutePath()
		.resolveSibling("telemetry-router-spring-boot-starter/pom.xml");

	@Test
	void whenTheStarterIsUsedThenEverythingForAsynchronousHandlersAndTheEndpointIsThere() throws Exception {
		NodeList dependencies = DocumentBuilderFactory.newInstance()
			.newDocumentBuilder()
			.parse(POM.toFile())
			.getElementsByTagName("dependency");
		List<String> artifacts = new ArrayList<>();
		for (int i = 0; i < dependencies.getLength(); i++) {
			artifacts.add(dependencies.item(i).getTextContent().trim().split("\\s+")[1]);
			assertThat(dependencies.item(i).getTextContent()).doesNotContain("true", "test", "provided");
		}
		assertThat(artifacts).containsExactlyInAnyOrder("telemetry-router-core", "telemetry-router-journal",
				"telemetry-router-spring-boot-autoconfigure", "spring-boot-starter-actuator", "context-propagation",
				"micrometer-core");
	}

}
