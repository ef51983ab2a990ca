package io.telemetryrouter.spring.shutdown;

import java.nio.file.Path;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that an application that was closed leaves its class loader to be collected,
 * though threads on which it emitted live on, as those of a servlet container do, or of
 * devtools. {@link Redeployment} is what happens, in a JVM that forgets what is only
 * softly reachable: Spring's caches.
 */
class ClassLoaderLeakTests {

	@TempDir
	private Path directory;

	@ParameterizedTest
	@ValueSource(strings = { "io.telemetryrouter.spring.shutdown.", "io.telemetryrouter." })
	void whenApplicationHasClosedThenItsClassLoaderIsCollected(String ownClasses) throws Exception {
		try (JavaProcess process = new JavaProcess(this.directory.resolve("log"), Redeployment.class,
				"-XX:SoftRefLRUPolicyMSPerMB=0", ownClasses)) {
			assertThat(process.awaitEnd()).isTrue();
			assertThat(process.output()).contains("handled 100", "collected");
		}
	}

}
