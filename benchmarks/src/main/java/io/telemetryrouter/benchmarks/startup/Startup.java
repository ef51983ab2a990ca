package io.telemetryrouter.benchmarks.startup;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.sun.management.OperatingSystemMXBean;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.util.FileSystemUtils;

import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.benchmarks.Child;
import io.telemetryrouter.spring.annotation.TelemetryListener;

/**
 * Measures whole starts of a web application with the actuator and five listeners, from a
 * copy of the benchmark jar: with the router's entries in {@code META-INF} and without
 * them, in turn, each in a process of its own. The time that the router adds is the
 * median of the differences within the pairs, from the start of the virtual machine until
 * the application is ready.
 * <p>
 * The class path is that of the starter, or also contains the agent frameworks and the
 * journal, for which the router has auto-configurations.
 */
public final class Startup {

	private static final String OWN = "io.telemetryrouter.spring.";

	private static final List<String> REGISTRATIONS = List.of("META-INF/spring.factories",
			"META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports");

	private static final List<String> PARTNERS = List.of("dev/langchain4j", "org/springframework/ai",
			"io/telemetryrouter/journal");

	private Startup() {
	}

	/**
	 * Compares pairs of starts, or starts once, and prints times in milliseconds.
	 * @param args "pairs", the number of pairs, the number of processors (1 or 2), and
	 * the class path ("starter" or "partners"); or "with" or "without"
	 * @throws IOException if a start fails
	 * @throws InterruptedException if interrupted
	 */
	public static void main(String[] args) throws IOException, InterruptedException {
		if (args[0].equals("pairs")) {
			compare(Integer.parseInt(args[1]), args[2].equals("1"), args[3].equals("partners"));
		}
		else {
			start(args[0].equals("without"));
		}
	}

	private static void compare(int pairs, boolean pinned, boolean partners) throws IOException, InterruptedException {
		if (pinned) {
			// Child processes inherit the affinity
			String self = String.valueOf(ProcessHandle.current().pid());
			new ProcessBuilder("taskset", "-acp", "0", self).redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start()
				.waitFor();
		}
		String all = copy(partners, true).toString();
		String stripped = copy(partners, false).toString();
		run(stripped, "without");
		List<Properties> with = new ArrayList<>();
		List<Properties> without = new ArrayList<>();
		for (int i = 0; i < pairs; i++) {
			if (i % 2 == 0) {
				without.add(run(stripped, "without"));
				with.add(run(all, "with"));
			}
			else {
				with.add(run(all, "with"));
				without.add(run(stripped, "without"));
			}
		}
		for (String key : List.of("ready", "cpu", "classes")) {
			double[] added = new double[pairs];
			for (int i = 0; i < pairs; i++) {
				added[i] = number(with.get(i), key) - number(without.get(i), key);
			}
			Child.print(key + ".added", median(added));
			Child.print(key + ".without",
					median(without.stream().mapToDouble((start) -> number(start, key)).toArray()));
		}
	}

	private static Properties run(String classPath, String router) throws IOException, InterruptedException {
		return Child.run(Child.home(), classPath, Startup.class, List.of(), router);
	}

	private static double number(Properties start, String key) {
		return Double.parseDouble(start.getProperty(key));
	}

	private static double median(double[] values) {
		double[] sorted = values.clone();
		Arrays.sort(sorted);
		int middle = sorted.length / 2;
		return (sorted.length % 2 == 1) ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
	}

	private static void start(boolean without) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setDefaultProperties(
				Map.of("server.port", "0", "spring.main.banner-mode", "off", "logging.level.root", "warn"));
		application.addListeners((event) -> {
			if (event instanceof ApplicationReadyEvent) {
				OperatingSystemMXBean process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
				Child.print("ready", System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime());
				Child.print("cpu", process.getProcessCpuTime() / 1e6);
				Child.print("classes", ManagementFactory.getClassLoadingMXBean().getTotalLoadedClassCount());
			}
		});
		try (ConfigurableApplicationContext context = application.run()) {
			if (without == context.containsBean("telemetryRouter")) {
				throw new IllegalStateException("Measures the wrong application: without the router is " + without);
			}
		}
	}

	/** Copies the jar, with or without the partners and the router's registrations. */
	private static Path copy(boolean partners, boolean router) throws IOException {
		Path copy = Files.createTempFile("startup", ".jar");
		copy.toFile().deleteOnExit();
		Files.copy(Path.of(System.getProperty("java.class.path")), copy, StandardCopyOption.REPLACE_EXISTING);
		try (FileSystem jar = FileSystems.newFileSystem(copy)) {
			for (String partner : partners ? List.<String>of() : PARTNERS) {
				FileSystemUtils.deleteRecursively(jar.getPath(partner));
			}
			for (String name : router ? List.<String>of() : REGISTRATIONS) {
				Path file = jar.getPath(name);
				List<String> lines = List.of(Files.readString(file).replace("\\\n", "").split("\n"));
				Files.write(file, lines.stream().map(Startup::strip).toList());
			}
		}
		return copy;
	}

	/** Removes the router's classes from a line with class names. */
	private static String strip(String line) {
		int equals = line.indexOf('=') + 1;
		return line.substring(0, equals) + Stream.of(line.substring(equals).split(","))
			.filter((name) -> !name.strip().startsWith(OWN))
			.collect(Collectors.joining(","));
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Observers observers() {
			return new Observers();
		}

	}

	/** Listeners of all kinds; one has a condition. */
	static class Observers {

		private final LongAdder calls = new LongAdder();

		@TelemetryListener("model_response_received")
		void count(Response response) {
			this.calls.increment();
		}

		@TelemetryListener(value = "model_response_received", condition = "payload.tokens > 1000")
		void large(Response response) {
			this.calls.increment();
		}

		@TelemetryListener("tool.*")
		void tool(String event, Object payload) {
			this.calls.increment();
		}

		@TelemetryListener(value = "tool.*", async = true)
		void export(Object payload) {
			this.calls.increment();
		}

		@TelemetryListener(value = "**", async = true)
		void audit(TelemetryEvent<?> event) {
			this.calls.increment();
		}

	}

	record Response(int tokens) {
	}

}
