package io.telemetryrouter.spring.autoconfigure;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.core.env.MapPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ChangedProperties}.
 */
@ExtendWith(OutputCaptureExtension.class)
class ChangedPropertiesTests {

	private final Map<String, Object> remote = new HashMap<>(
			Map.of("telemetry-router.max-depth", "4", "telemetry-router.slow-threshold", "5ms", "other", "1"));

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class))
		.withInitializer((context) -> context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("remote", this.remote)));

	@Test
	void whenPropertiesChangeThenOneLineNamesThoseThatNeedARestart(CapturedOutput output) {
		this.contextRunner.run((context) -> {
			this.remote.put("telemetry-router.max-depth", "8");
			this.remote.put("telemetry-router.handlers.audit.priority", "secret-value");
			this.remote.remove("telemetry-router.slow-threshold");
			this.remote.put("other", "2");
			change(context);
			change(context);
		});
		assertThat(lines(output)).singleElement()
			.asString()
			.contains("Properties 'telemetry-router.handlers.audit.priority', 'telemetry-router.max-depth',"
					+ " 'telemetry-router.slow-threshold' have changed, which has no effect before a restart: the"
					+ " telemetry router reads its properties once.")
			.doesNotContain("secret-value");
	}

	@Test
	void whenOtherPropertiesChangeThenNoLineIsWritten(CapturedOutput output) {
		this.contextRunner.run((context) -> {
			this.remote.put("other", "2");
			change(context);
		});
		assertThat(lines(output)).isEmpty();
	}

	@Test
	void whenThereIsNoSpringCloudThenApplicationStarts() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(EnvironmentChangeEvent.class))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	private static void change(AssertableApplicationContext context) {
		context.publishEvent(new EnvironmentChangeEvent(context, Set.of("other")));
	}

	private static List<String> lines(CapturedOutput output) {
		return output.getOut().lines().filter((line) -> line.contains("have changed")).toList();
	}

}
