package io.telemetryrouter.benchmarks;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Processes of our own.
 *
 * @since 0.1.0
 */
public final class Child {

	private static final long PATIENCE_SECONDS = 300;

	private Child() {
	}

	/**
	 * Runs a class in a new process.
	 * @param main the class
	 * @param options options of the virtual machine
	 * @param args its arguments
	 * @return what it printed, as properties
	 * @throws IOException if it fails
	 * @throws InterruptedException if interrupted
	 */
	public static Properties run(Class<?> main, List<String> options, String... args)
			throws IOException, InterruptedException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(options);
		command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
		command.addAll(List.of(args));
		Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
		// Reading ends with it, however it ends.
		CompletableFuture<Process> patience = process.onExit()
			.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
			.exceptionally((timeout) -> process.destroyForcibly());
		Properties properties = new Properties();
		try (Reader reader = process.inputReader()) {
			properties.load(reader);
		}
		patience.join();
		if (process.waitFor() != 0) {
			throw new IOException("Failed: " + String.join(" ", command));
		}
		return properties;
	}

}
