package io.telemetryrouter.benchmarks.startup;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.springframework.util.FileSystemUtils;

/**
 * A copy of the benchmark jar with the router's entries in {@code META-INF}, or without
 * them. The class path is that of the starter, or also contains the agent frameworks and
 * the journal, for which the router has auto-configurations.
 */
public final class StartupJar {

	private static final String OWN = "io.telemetryrouter.spring.";

	private static final List<String> REGISTRATIONS = List.of("META-INF/spring.factories",
			"META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports");

	private static final List<String> PARTNERS = List.of("dev/langchain4j", "org/springframework/ai",
			"io/telemetryrouter/journal");

	private StartupJar() {
	}

	/**
	 * Copies the jar.
	 * @param args the jar; its copy; "starter" or "partners"; "with" or "without" the
	 * router's registrations
	 */
	public static void main(String[] args) throws IOException {
		Path copy = Files.copy(Path.of(args[0]), Path.of(args[1]));
		try (FileSystem jar = FileSystems.newFileSystem(copy)) {
			for (String partner : args[2].equals("partners") ? List.<String>of() : PARTNERS) {
				FileSystemUtils.deleteRecursively(jar.getPath(partner));
			}
			for (String name : args[3].equals("with") ? List.<String>of() : REGISTRATIONS) {
				Path file = jar.getPath(name);
				List<String> lines = List.of(Files.readString(file).replace("\\\n", "").split("\n"));
				Files.write(file, lines.stream().map(StartupJar::strip).toList());
			}
		}
	}

	/** Removes the router's classes from a line with class names. */
	private static String strip(String line) {
		int equals = line.indexOf('=') + 1;
		return line.substring(0, equals) + Stream.of(line.substring(equals).split(","))
			.filter((name) -> !name.strip().startsWith(OWN))
			.collect(Collectors.joining(","));
	}

}
