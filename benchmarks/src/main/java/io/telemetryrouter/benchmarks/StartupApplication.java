package io.telemetryrouter.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * An empty web application with the actuator, which says how long it took to start and
 * stops: with the router's auto-configurations, or without them on the same class path.
 *
 * @since 0.1.0
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class StartupApplication {

	private static final String IMPORTS = "META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports";

	/**
	 * Starts and stops.
	 * @param args "without" for the application without the router
	 */
	public static void main(String[] args) {
		SpringApplication application = new SpringApplication(StartupApplication.class);
		List<String> ours = autoConfigurations();
		boolean without = args.length != 0 && args[0].equals("without");
		application.setDefaultProperties(Map.of("server.port", "0", "spring.main.banner-mode", "off",
				"spring.autoconfigure.exclude", without ? String.join(",", ours) : ""));
		application.addListeners((event) -> {
			if (event instanceof ApplicationReadyEvent ready) {
				System.out.println("ready=" + ready.getTimeTaken().toNanos() / 1000);
			}
		});
		try (ConfigurableApplicationContext context = application.run()) {
			System.out.println("beans=" + context.getBeanDefinitionCount());
			System.out.println("autoconfigurations=" + ours.size());
		}
	}

	private static List<String> autoConfigurations() {
		try {
			List<URL> files = Collections.list(StartupApplication.class.getClassLoader().getResources(IMPORTS));
			return files.stream()
				.flatMap((file) -> read(file).stream())
				.map(String::strip)
				.filter((line) -> line.startsWith("io.telemetryrouter."))
				.distinct()
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static List<String> read(URL file) {
		try (InputStream in = file.openStream();
				BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
			return reader.lines().toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
