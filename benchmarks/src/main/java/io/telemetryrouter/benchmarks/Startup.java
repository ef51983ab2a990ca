package io.telemetryrouter.benchmarks;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.metrics.buffering.BufferingApplicationStartup;
import org.springframework.boot.context.metrics.buffering.StartupTimeline.TimelineEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportSelector;
import org.springframework.core.metrics.StartupStep;
import org.springframework.core.type.AnnotationMetadata;

/**
 * An empty web application with the actuator, which says how long it took to start and
 * stops: with the router's auto-configurations, or without them on the same class path.
 * <p>
 * Two starts differ by more than the router costs, so the router's own part is taken from
 * the steps of one start: the creation of its beans, without that of others' beans on the
 * way, and what they do once all beans are there. One step reads all configuration
 * classes, so what the router's add to it is measured where all others have been read: in
 * a context of their own, after the application has started without them. As in an
 * application, where their names sort first, few beans are known by then.
 *
 * @since 0.1.0
 */
public final class Startup {

	private static final String OWN = "io.telemetryrouter.spring.";

	/** Read before anything is measured. */
	private static final List<String> AUTO_CONFIGURATIONS = ImportCandidates
		.load(AutoConfiguration.class, Startup.class.getClassLoader())
		.getCandidates()
		.stream()
		.filter((name) -> name.startsWith(OWN))
		.toList();

	private static final Set<String> BEAN_STEPS = Set.of("spring.beans.instantiate", "spring.beans.smart-initialize");

	private Startup() {
	}

	/**
	 * Starts, prints times in milliseconds and stops.
	 * @param args "without" for the application without the router
	 */
	public static void main(String[] args) {
		SpringApplication application = new SpringApplication(Application.class);
		boolean without = args.length != 0 && args[0].equals("without");
		application.setDefaultProperties(Map.of("server.port", "0", "spring.main.banner-mode", "off",
				"spring.autoconfigure.exclude", without ? String.join(",", AUTO_CONFIGURATIONS) : ""));
		BufferingApplicationStartup steps = new BufferingApplicationStartup(10_000);
		application.setApplicationStartup(steps);
		application.addListeners((event) -> {
			if (event instanceof ApplicationReadyEvent ready) {
				print("ready", Objects.requireNonNull(ready.getTimeTaken()));
			}
		});
		try (ConfigurableApplicationContext context = application.run()) {
			if (without == context.containsBean("telemetryRouter")) {
				throw new IllegalStateException("Measures the wrong application: without the router is " + without);
			}
			if (without) {
				print("configuration", configuration(context));
			}
			else {
				print("own", own(steps.getBufferedTimeline().getEvents(), context.getBeanFactory()));
			}
		}
	}

	private static Duration configuration(ConfigurableApplicationContext application) {
		BufferingApplicationStartup steps = new BufferingApplicationStartup(1000);
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.setEnvironment(application.getEnvironment());
			context.setApplicationStartup(steps);
			context.register(Own.class);
			context.refresh();
		}
		return total(steps.getBufferedTimeline().getEvents(), "spring.context.config-classes.parse");
	}

	private static void print(String key, Duration duration) {
		Child.print(key, duration.toNanos() / 1e6);
	}

	private static Duration total(List<TimelineEvent> events, String step) {
		return events.stream()
			.filter((event) -> event.getStartupStep().getName().equals(step))
			.map(TimelineEvent::getDuration)
			.reduce(Duration.ZERO, Duration::plus);
	}

	/**
	 * Sums what the router's beans took. A step within a step belongs to its own bean
	 * alone.
	 */
	private static Duration own(List<TimelineEvent> events, ConfigurableListableBeanFactory beans) {
		Map<Long, TimelineEvent> byId = events.stream()
			.collect(Collectors.toMap((event) -> event.getStartupStep().getId(), (event) -> event));
		Map<Long, Duration> self = new HashMap<>();
		for (TimelineEvent event : events) {
			StartupStep step = event.getStartupStep();
			self.merge(step.getId(), event.getDuration(), Duration::plus);
			Long parent = step.getParentId();
			if (parent != null && byId.containsKey(parent)) {
				self.merge(parent, event.getDuration().negated(), Duration::plus);
			}
		}
		return events.stream()
			.filter((event) -> BEAN_STEPS.contains(event.getStartupStep().getName()))
			.filter((event) -> isOwn(beanOf(event), beans))
			.map((event) -> self.getOrDefault(event.getStartupStep().getId(), Duration.ZERO))
			.reduce(Duration.ZERO, Duration::plus);
	}

	private static @Nullable String beanOf(TimelineEvent event) {
		for (StartupStep.Tag tag : event.getStartupStep().getTags()) {
			if (tag.getKey().equals("beanName")) {
				return tag.getValue();
			}
		}
		return null;
	}

	private static boolean isOwn(@Nullable String name, ConfigurableListableBeanFactory beans) {
		if (name == null || !beans.containsBeanDefinition(name)) {
			return false;
		}
		BeanDefinition definition = beans.getBeanDefinition(name);
		return Stream.of(name, definition.getBeanClassName(), definition.getFactoryBeanName())
			.filter(Objects::nonNull)
			.anyMatch((value) -> value.startsWith(OWN) || value.startsWith("telemetry-router-" + OWN));
	}

	/**
	 * Empty: a configuration class nested in it would be a part of it.
	 */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	/**
	 * The router's configuration classes by name, as auto-configurations are imported,
	 * and the bean of others that one of them asks for.
	 */
	@Configuration(proxyBeanMethods = false)
	@Import(OwnSelector.class)
	static class Own {

		@Bean
		MeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

	}

	static class OwnSelector implements ImportSelector {

		@Override
		public String[] selectImports(AnnotationMetadata importing) {
			return AUTO_CONFIGURATIONS.toArray(String[]::new);
		}

	}

}
