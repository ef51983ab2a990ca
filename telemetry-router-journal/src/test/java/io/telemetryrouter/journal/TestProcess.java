package io.telemetryrouter.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A JVM with the class path of the tests.
 */
final class TestProcess {

	private TestProcess() {
	}

	/**
	 * Starts a process; its errors go to those of this one.
	 * @param main the class with the main method
	 * @param args options of the JVM, which begin with a hyphen, and arguments
	 */
	static Process start(Class<?> main, String... args) throws IOException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		List<String> options = List.of(args).stream().filter((arg) -> arg.startsWith("-")).toList();
		command.addAll(options);
		command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
		command.addAll(List.of(args).subList(options.size(), args.length));
		return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
	}

	/** Runs a process to its end and returns what it printed. */
	static String run(Class<?> main, String... args) throws IOException, InterruptedException {
		Process process = start(main, args);
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		process.waitFor();
		return output;
	}

}
