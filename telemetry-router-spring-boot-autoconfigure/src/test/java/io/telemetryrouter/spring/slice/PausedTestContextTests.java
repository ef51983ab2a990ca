package io.telemetryrouter.spring.slice;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.annotation.DirtiesContext.HierarchyMode;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestContextManager;

import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.journal.Journal;
import io.telemetryrouter.spring.actuate.endpoint.TelemetryRouterEndpoint;
import io.telemetryrouter.spring.annotation.TelemetryListener;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;
import io.telemetryrouter.spring.autoconfigure.journal.TelemetryRouterJournalAutoConfiguration;
import io.telemetryrouter.spring.autoconfigure.metrics.TelemetryRouterMetricsAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for classes of tests with different contexts, which Spring's cache pauses while
 * classes with other contexts run.
 */
@ExtendWith(OutputCaptureExtension.class)
class PausedTestContextTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final List<String> log = new CopyOnWriteArrayList<>();

	@TempDir
	private static Path directory;

	@BeforeEach
	void reset() {
		log.clear();
	}

	@AfterEach
	void closeContexts() throws Exception {
		for (Class<?> testClass : List.of(First.class, Second.class)) {
			new TestContextManager(testClass).getTestContext().markApplicationContextDirty(HierarchyMode.EXHAUSTIVE);
		}
	}

	@Test
	void whenClassesAlternateThenNothingIsLostOrRepeated(CapturedOutput output) throws Exception {
		TelemetryRouter first = run(First.class);
		TelemetryRouter second = run(Second.class);
		assertThat(log).contains("paused").doesNotContain("destroyed");
		first.emit("call", "meanwhile");
		assertThat(first.flush(LIMIT).complete()).isTrue();
		assertThat(run(First.class)).isSameAs(first);
		assertThat(run(Second.class)).isSameAs(second);
		assertThat(run(First.class)).isSameAs(first);
		TestContextManager manager = new TestContextManager(First.class);
		ApplicationContext context = manager.getTestContext().getApplicationContext();
		assertThat(first.flush(LIMIT).complete()).isTrue();
		for (String id : List.of("sync", "lane", "durable")) {
			HandlerAccount account = first.handlerSnapshot(id).account();
			assertThat(account.isBalanced()).isTrue();
			assertThat(account.offered()).isEqualTo(4);
			assertThat(account.handled()).isEqualTo(4);
		}
		assertThat(context.getBean(TelemetryRouterEndpoint.class).router().handlers().total()).isEqualTo(4);
		assertThat(context.getBean(MeterRegistry.class)
			.get("telemetry.router.handler")
			.tags("handler", "lane", "outcome", "handled")
			.functionTimer()
			.count()).isEqualTo(4);
		assertThat(context.getBean(Journal.class).status().lastSequence()).isEqualTo(4);
		// Contexts of other classes may log, too
		assertThat(output).doesNotContain("Stopped with events", "shutdown-timeout");
		assertThat(output.getOut().lines().filter((line) -> line.contains("router started with 4 handlers")))
			.hasSize(1);
		manager.getTestContext().markApplicationContextDirty(HierarchyMode.EXHAUSTIVE);
		assertThat(log).endsWith("destroyed");
		Awaitility.await()
			.atMost(LIMIT)
			.untilAsserted(() -> assertThat(output.getOut().lines().filter((line) -> line.contains("router closed")))
				.filteredOn((line) -> line.contains("offered=16, handled=16, failed=0, filtered=0, dropped={}"))
				.hasSize(1));
	}

	private static TelemetryRouter run(Class<?> testClass) throws Exception {
		TestContextManager manager = new TestContextManager(testClass);
		manager.beforeTestClass();
		manager.prepareTestInstance(testClass.getDeclaredConstructor().newInstance());
		TelemetryRouter router = manager.getTestContext().getApplicationContext().getBean(TelemetryRouter.class);
		router.emit("call", "test");
		manager.afterTestClass();
		return router;
	}

	@SpringBootTest(webEnvironment = WebEnvironment.NONE, classes = Application.class,
			properties = "telemetry-router.journal.enabled=true")
	static class First {

		@DynamicPropertySource
		static void directory(DynamicPropertyRegistry registry) {
			registry.add("telemetry-router.journal.directory", () -> directory);
		}

	}

	@SpringBootTest(webEnvironment = WebEnvironment.NONE, classes = Second.Other.class)
	static class Second {

		@Configuration(proxyBeanMethods = false)
		@ImportAutoConfiguration(TelemetryRouterAutoConfiguration.class)
		static class Other {

		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ TelemetryRouterAutoConfiguration.class, TelemetryRouterJournalAutoConfiguration.class,
			TelemetryRouterMetricsAutoConfiguration.class, MetricsAutoConfiguration.class })
	static class Application {

		@Bean
		Listener listener() {
			return new Listener();
		}

		@Bean
		Watch watch() {
			return new Watch();
		}

		@Bean
		SimpleMeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

		@Bean
		TelemetryRouterEndpoint endpoint(TelemetryRouter router) {
			return new TelemetryRouterEndpoint(router);
		}

	}

	static class Listener implements DisposableBean {

		@TelemetryListener(events = "call", id = "sync")
		void sync() {
		}

		@TelemetryListener(events = "call", id = "lane", async = true)
		void lane() {
		}

		@TelemetryListener(events = "call", id = "durable", async = true, overflow = OverflowPolicy.SPILL,
				durable = true)
		void durable(String payload) {
		}

		@Override
		public void destroy() {
			log.add("destroyed");
		}

	}

	static class Watch implements SmartLifecycle {

		private volatile boolean running;

		@Override
		public void start() {
			this.running = true;
		}

		@Override
		public void stop() {
			this.running = false;
			log.add("paused");
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

	}

}
