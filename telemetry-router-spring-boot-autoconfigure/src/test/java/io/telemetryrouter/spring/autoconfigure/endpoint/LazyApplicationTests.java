package io.telemetryrouter.spring.autoconfigure.endpoint;

import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.micrometer.context.ContextRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.annotation.TelemetryListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for applications whose beans are lazy ({@code spring.main.lazy-initialization}).
 */
@ExtendWith(OutputCaptureExtension.class)
class LazyApplicationTests {

	@TempDir
	private Path directory;

	@Test
	void whenBeansAreLazyThenHandlersAndMetersAreThoseOfEagerBeans(CapturedOutput output) {
		Set<String> eager = describe("eager", "--spring.main.lazy-initialization=false");
		Set<String> lazy = describe("lazy", "--spring.main.lazy-initialization=true");
		assertThat(eager).contains("handler listener.on", "handler journal", "meter telemetry.router.dispatch",
				"accessor RunContextAccessor");
		assertThat(lazy).isEqualTo(eager);
		assertThat(output.getOut().lines().filter((line) -> line.contains("Telemetry router closed"))).hasSize(2);
	}

	private Set<String> describe(String name, String... arguments) {
		String[] all = Stream
			.concat(Stream.of(arguments),
					Stream.of("--telemetry-router.journal.enabled=true",
							"--telemetry-router.journal.directory=" + this.directory.resolve(name),
							"--telemetry-router.cost.prices[0].model=gpt-4o",
							"--telemetry-router.cost.prices[0].input=2", "--telemetry-router.cost.prices[0].output=4"))
			.toArray(String[]::new);
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.run(all)) {
			context.getBean(TelemetryEmitter.class).emit("x", "payload");
			Set<String> found = new TreeSet<>();
			context.getBean(TelemetryRouter.class)
				.snapshot()
				.handlers()
				.forEach((id, handler) -> found.add("handler " + id));
			found.addAll(context.getBean(MeterRegistry.class)
				.getMeters()
				.stream()
				.map((meter) -> meter.getId().getName())
				.filter((meter) -> meter.startsWith("telemetry.router"))
				.map((meter) -> "meter " + meter)
				.collect(Collectors.toSet()));
			ContextRegistry.getInstance()
				.getThreadLocalAccessors()
				.forEach((accessor) -> found.add("accessor " + accessor.getClass().getSimpleName()));
			return found;
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			excludeName = { "org.springframework.ai.model.tool.autoconfigure.ToolCallingAutoConfiguration" })
	static class Application {

		@Bean
		Listener listener() {
			return new Listener();
		}

	}

	static class Listener {

		@TelemetryListener("x")
		void on(String payload) {
		}

	}

}
