package io.telemetryrouter.benchmarks.startup;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
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
 * A start of a web application with the actuator and five listeners, from a copy of the
 * benchmark jar with the router's entries in {@code META-INF} or without them. Prints the
 * time from the start of the virtual machine until the application is ready.
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

	/** Copies of the benchmark jar. */
	private static final Map<String, Path> JARS = new HashMap<>();

	private Startup() {
	}

	/** Starts the application in a process, and returns the times. */
	public static Properties run(boolean partners, String processors, String router)
			throws IOException, InterruptedException {
		String key = partners + " " + router;
		if (!JARS.containsKey(key)) {
			JARS.put(key, copy(partners, router.equals("with")));
		}
		List<String> java = new ArrayList<>(processors.equals("1") ? List.of("taskset", "-c", "0") : List.of());
		java.addAll(Child.java(Child.HOME, "-cp", String.valueOf(JARS.get(key))));
		return Child.run(java, Startup.class, List.of(router));
	}

	/**
	 * Starts the application, and prints times in milliseconds.
	 * @param args "with" or "without" the router, to check that the jar is the right one
	 */
	public static void main(String[] args) {
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
			if (args[0].equals("with") != context.containsBean("telemetryRouter")) {
				throw new IllegalStateException("This application is not one " + args[0] + " the router");
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
