package io.telemetryrouter.benchmarks;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Runs child processes.
 */
public final class Child {

	private static final long TIMEOUT_SECONDS = 300;

	private Child() {
	}

	/**
	 * Runs a class in a new process.
	 * @param home the home of the JDK
	 * @param main the class
	 * @param options options of the virtual machine
	 * @param args its arguments
	 * @return its output, as properties
	 * @throws IOException if it fails
	 * @throws InterruptedException if interrupted
	 */
	public static Properties run(Path home, Class<?> main, List<String> options, String... args)
			throws IOException, InterruptedException {
		return run(home, System.getProperty("java.class.path"), main, options, args);
	}

	/**
	 * Runs a class in a new process.
	 * @param home the home of the JDK
	 * @param classPath the class path
	 * @param main the class
	 * @param options options of the virtual machine
	 * @param args its arguments
	 * @return its output, as properties
	 * @throws IOException if it fails
	 * @throws InterruptedException if interrupted
	 */
	public static Properties run(Path home, String classPath, Class<?> main, List<String> options, String... args)
			throws IOException, InterruptedException {
		List<String> command = new ArrayList<>();
		command.add(home.resolve(Path.of("bin", "java")).toString());
		command.addAll(options);
		command.addAll(List.of("-cp", classPath, main.getName()));
		command.addAll(List.of(args));
		Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
		// The end of the process also ends the read below.
		CompletableFuture<Process> exit = process.onExit()
			.orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS)
			.exceptionally((timeout) -> process.destroyForcibly());
		Properties properties = new Properties();
		try (Reader reader = process.inputReader()) {
			properties.load(reader);
		}
		exit.join();
		if (process.waitFor() != 0) {
			throw new IOException("Failed: " + String.join(" ", command));
		}
		return properties;
	}

	public static Path home() {
		return Path.of(System.getProperty("java.home"));
	}

	/**
	 * Returns the home of a JDK 25 or later, whose virtual threads do not pin: this one,
	 * an installed one, or {@code null}.
	 */
	static @Nullable Path jdk25() throws IOException {
		Path installed = Path.of("/usr/lib/jvm");
		if (Runtime.version().feature() >= 25) {
			return home();
		}
		if (!Files.isDirectory(installed)) {
			return null;
		}
		try (Stream<Path> homes = Files.list(installed)) {
			return homes.filter((home) -> Files.isExecutable(home.resolve("bin/java")))
				.filter((home) -> home.getFileName().toString().matches("(temurin|java)-(2[5-9]|[3-9]\\d).*"))
				.sorted()
				.findFirst()
				.orElse(null);
		}
	}

	/** Prints a number as a property. */
	public static void print(String key, double value) {
		System.out.printf(Locale.ROOT, "%s=%.3f%n", key, value);
	}

}
