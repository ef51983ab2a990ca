package io.telemetryrouter.spring.shutdown;

import java.nio.file.Path;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the class loader of a closed application can be garbage-collected although
 * threads on which it emitted are still alive, as those of a servlet container or of
 * Devtools. Runs {@link Redeployment} in a JVM that clears soft references, which
 * Spring's caches use.
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
