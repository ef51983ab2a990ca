package io.telemetryrouter.benchmarks.startup;

import java.lang.management.ManagementFactory;
import java.util.Map;

import com.sun.management.OperatingSystemMXBean;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.spring.annotation.TelemetryListener;

/**
 * A start of a web application with the actuator and five listeners. Prints the time from
 * the start of the virtual machine until the application is ready.
 */
public final class Startup {

	private Startup() {
	}

	/**
	 * Starts the application, and prints times in milliseconds.
	 * @param args "with" or "without" the router, to check that the jar is the right one
	 */
	public static void main(String[] args) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setDefaultProperties(
				Map.of("server.port", "0", "spring.main.banner-mode", "off", "logging.level.root", "warn"));
		try (ConfigurableApplicationContext context = application.run()) {
			OperatingSystemMXBean process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
			System.out.printf("ready %d%ncpu %d%nclasses %d%n",
					System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime(),
					process.getProcessCpuTime() / 1_000_000,
					ManagementFactory.getClassLoadingMXBean().getTotalLoadedClassCount());
			if (args[0].equals("with") != context.containsBean("telemetryRouter")) {
				throw new IllegalStateException("This application is not one " + args[0] + " the router");
			}
		}
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Observers observers() {
			return new Observers();
		}

	}

	/** Listeners of all kinds, never called; one has a condition. */
	static class Observers {

		@TelemetryListener("model_response_received")
		void count(Response response) {
		}

		@TelemetryListener(value = "model_response_received", condition = "payload.tokens > 1000")
		void large(Response response) {
		}

		@TelemetryListener("tool.*")
		void tool(String event, Object payload) {
		}

		@TelemetryListener(value = "tool.*", async = true)
		void export(Object payload) {
		}

		@TelemetryListener(value = "**", async = true)
		void audit(TelemetryEvent<?> event) {
		}

	}

	record Response(int tokens) {
	}

}
