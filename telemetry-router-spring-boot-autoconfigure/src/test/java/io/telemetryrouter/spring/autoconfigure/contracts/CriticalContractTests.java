package io.telemetryrouter.spring.autoconfigure.contracts;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.telemetryrouter.EventType;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.TelemetryEventType;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.TelemetryRouterCustomizer;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;
import io.telemetryrouter.spring.contracts.TelemetryContracts;
import io.telemetryrouter.spring.contracts.scanned.ScannedApplication;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the event of a critical contract is critical for each way to declare one.
 */
class CriticalContractTests {

	record Verdict(String text) {
	}

	@TelemetryEventType(value = "annotated", critical = true)
	record Annotated(String text) {
	}

	@TelemetryEventType(value = "shape", critical = true)
	sealed interface Shape permits Circle {

	}

	record Circle(double radius) implements Shape {
	}

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterContractsAutoConfiguration.class,
				TelemetryRouterAutoConfiguration.class));

	private ApplicationContextRunner with(EventType<?> type) {
		return this.contextRunner.withBean("type", EventType.class, () -> type);
	}

	/** Emits an event into a full queue, followed by others. */
	private static List<String> kept(ApplicationContext context, String event, Object payload) throws Exception {
		TelemetryRouter router = context.getBean(TelemetryRouter.class);
		List<String> handled = Collections.synchronizedList(new ArrayList<>());
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch gate = new CountDownLatch(1);
		router.subscribe(
				HandlerSpec.on("**").async().maxQueue(2).overflow(OverflowPolicy.DROP_OLDEST).handler((name, any) -> {
					handled.add(name);
					begun.countDown();
					gate.await();
				}).build());
		router.emit("first", 1);
		assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
		router.emit(event, payload);
		router.emit("b1", 1);
		router.emit("b2", 1);
		router.emit("b3", 1);
		gate.countDown();
		assertThat(router.flush(java.time.Duration.ofSeconds(30)).complete()).isTrue();
		return handled;
	}

	@Test
	void whenAnEventTypeBeanIsCriticalThenItsEventIsSpared() {
		with(EventType.of("verdict", Verdict.class).asCritical())
			.run((context) -> assertThat(kept(context, "verdict", new Verdict("guilty"))).containsExactly("first",
					"verdict", "b3"));
		with(EventType.of("verdict", Verdict.class))
			.run((context) -> assertThat(kept(context, "verdict", new Verdict("guilty"))).containsExactly("first", "b2",
					"b3"));
	}

	@Test
	void whenTheAnnotationIsCriticalThenItsEventIsSparedWhateverThePayload() {
		with(EventType.of(Annotated.class)).run((context) -> assertThat(kept(context, "annotated", Map.of("text", "a")))
			.containsExactly("first", "annotated", "b3"));
		this.contextRunner.run((context) -> assertThat(kept(context, "circle", new Circle(1))).containsExactly("first",
				"circle", "b3"));
	}

	@Test
	void whenACriticalContractIsFoundThenItsEventIsSpared() {
		this.contextRunner.withUserConfiguration(OwnPackage.class)
			.run((context) -> assertThat(kept(context, "scanned.top", Map.of())).containsExactly("first", "scanned.top",
					"b3"));
	}

	@Test
	void whenChecksAreOffThenACriticalEventIsSparedAllTheSame() {
		with(EventType.of("verdict", Verdict.class).asCritical())
			.withPropertyValues("telemetry-router.contracts.mode=off")
			.run((context) -> assertThat(kept(context, "verdict", 1)).contains("verdict"));
	}

	@Test
	void whenEventsAreCriticalByConfigurationOrCustomizerThenContractsAreTooAndTheyStay() {
		ApplicationContextRunner all = with(EventType.of("verdict", Verdict.class).asCritical())
			.withPropertyValues("telemetry-router.events.configured.critical=true")
			.withBean(TelemetryRouterCustomizer.class, () -> (builder) -> builder.criticalEvents("custom"::equals));
		for (String event : List.of("verdict", "configured", "custom")) {
			all.run((context) -> assertThat(kept(context, event, new Verdict(""))).containsExactly("first", event,
					"b3"));
		}
	}

	@Test
	void whenAContractIsDeclaredTwiceThenItIsCriticalIfOneSaysSo() {
		EventType<Verdict> plain = EventType.of("verdict", Verdict.class);
		assertThat(TelemetryContracts.of(List.of(plain, plain.asCritical())).isCritical("verdict")).isTrue();
		assertThat(TelemetryContracts.of(List.of(plain.asCritical(), plain)).isCritical("verdict")).isTrue();
		assertThat(TelemetryContracts.of(List.of(plain, plain)).isCritical("verdict")).isFalse();
		assertThat(TelemetryContracts.of(List.of(plain)).isCritical("other")).isFalse();
	}

	@Configuration(proxyBeanMethods = false)
	@AutoConfigurationPackage(basePackageClasses = ScannedApplication.class)
	static class OwnPackage {

	}

}
