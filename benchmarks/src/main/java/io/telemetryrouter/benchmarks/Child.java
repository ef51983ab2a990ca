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

	public static final Path HOME = Path.of(System.getProperty("java.home"));

	private static final long TIMEOUT_SECONDS = 300;

	private Child() {
	}

	/** Returns the command of a virtual machine with this class path and more options. */
	public static List<String> java(Path home, String... options) {
		List<String> command = new ArrayList<>(
				List.of(home.resolve("bin/java").toString(), "-cp", System.getProperty("java.class.path")));
		command.addAll(List.of(options));
		return command;
	}

	/** Runs a class in a new process, and returns its output as properties. */
	public static Properties run(List<String> java, Class<?> main, List<String> args)
			throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(java);
		command.add(main.getName());
		command.addAll(args);
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

	/**
	 * Returns the home of a JDK 25 or later, whose virtual threads do not pin: this one,
	 * an installed one, or {@code null}.
	 */
	static @Nullable Path jdk25() throws IOException {
		Path installed = Path.of("/usr/lib/jvm");
		if (Runtime.version().feature() >= 25) {
			return HOME;
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

	public static void print(String key, double value) {
		System.out.printf(Locale.ROOT, "%s=%.3f%n", key, value);
	}

}
