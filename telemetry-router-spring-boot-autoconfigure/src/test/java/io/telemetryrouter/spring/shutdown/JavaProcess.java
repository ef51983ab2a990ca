package io.telemetryrouter.spring.shutdown;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs a class in a separate JVM with the test's class path. Its output is written to a
 * file, which can also be read after the process has ended.
 */
final class JavaProcess implements AutoCloseable {

	private final Path log;

	private final Process process;

	JavaProcess(Path log, Class<?> mainClass, String jvmOption, String... arguments) throws IOException {
		this.log = log;
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
						jvmOption, "-cp", System.getProperty("java.class.path"), mainClass.getName()));
		command.addAll(List.of(arguments));
		this.process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
	}

	boolean isAlive() {
		return this.process.isAlive();
	}

	List<String> output() {
		try {
			return Files.readAllLines(this.log);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Terminates the process with {@code SIGTERM}.
	 */
	void terminate() {
		this.process.destroy();
	}

	boolean awaitEnd() throws InterruptedException {
		return this.process.waitFor(2, TimeUnit.MINUTES);
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
