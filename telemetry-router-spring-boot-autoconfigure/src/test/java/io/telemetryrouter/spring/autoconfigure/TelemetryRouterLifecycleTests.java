package io.telemetryrouter.spring.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.annotation.TelemetryListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link TelemetryRouterLifecycle}.
 */
@ExtendWith(OutputCaptureExtension.class)
class TelemetryRouterLifecycleTests {

	private static final List<String> log = new CopyOnWriteArrayList<>();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class));

	@BeforeEach
	void reset() {
		log.clear();
	}

	@Test
	void whenPhasesAreComparedThenRouterStopsBetweenWebServerAndExecutors() {
		assertThat(TelemetryRouterLifecycle.PHASE).isLessThan(WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE)
			.isGreaterThan(ExecutorConfigurationSupport.DEFAULT_PHASE);
		assertThat(TelemetryRouterCloser.PHASE).isLessThan(ExecutorConfigurationSupport.DEFAULT_PHASE);
	}

	@Test
	void whenContextClosesThenQueuedEventsAreHandledBeforeAnythingElseGoes() {
		CountDownLatch release = new CountDownLatch(1);
		this.contextRunner.withBean("listener", SlowListener.class, () -> new SlowListener(release))
			.withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class))
			.withBean("laterPhase", LaterPhase.class)
			.run((context) -> {
				TelemetryRouter router = context.getBean(TelemetryRouter.class);
				for (int i = 1; i <= 3; i++) {
					router.emit("x", "event " + i);
				}
				release.countDown();
			});
		assertThat(log).containsExactly("event 1", "event 2", "event 3", "later phase stopped", "listener destroyed");
	}

	@Test
	void whenContextHasClosedThenRouterIsClosedAndNoThreadIsLeft() {
		Set<Thread> before = Thread.getAllStackTraces().keySet();
		TelemetryRouter[] router = new TelemetryRouter[1];
		this.contextRunner.withBean("listener", SlowListener.class, () -> new SlowListener(new CountDownLatch(0)))
			.run((context) -> {
				router[0] = context.getBean(TelemetryRouter.class);
				router[0].emitAsync("x", "a").get(10, TimeUnit.SECONDS);
			});
		assertThat(router[0].hasHandlers("x")).isFalse();
		assertNoNewThreads(before);
	}

	@Test
	void whenHandlerHangsThenContextClosesAfterShutdownTimeout() {
		CountDownLatch never = new CountDownLatch(1);
		TelemetryRouter[] router = new TelemetryRouter[1];
		this.contextRunner.withPropertyValues("telemetry-router.shutdown-timeout=100ms")
			.withBean("listener", SlowListener.class, () -> new SlowListener(never))
			.run((context) -> {
				router[0] = context.getBean(TelemetryRouter.class);
				router[0].emit("x", "a");
				router[0].emit("x", "b");
			});
		assertThat(router[0].snapshot().retired().dropped().get(DropReason.SHUTDOWN_TIMEOUT) + router[0].snapshot()
			.handlers()
			.values()
			.stream()
			.mapToLong((handler) -> handler.account().dropped().get(DropReason.SHUTDOWN_TIMEOUT))
			.sum()).isPositive();
		never.countDown();
	}

	@Test
	void whenShutdownTimeoutExceedsThatOfSpringThenItIsCappedWithAWarning(CapturedOutput output) {
		CountDownLatch never = new CountDownLatch(1);
		this.contextRunner.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class))
			.withPropertyValues("telemetry-router.shutdown-timeout=1h",
					"spring.lifecycle.timeout-per-shutdown-phase=100ms")
			.withBean("listener", SlowListener.class, () -> new SlowListener(never))
			.run((context) -> {
				context.getBean(TelemetryRouter.class).emit("x", "a");
				assertThat(output).contains("'telemetry-router.shutdown-timeout' is 1h")
					.contains("'spring.lifecycle.timeout-per-shutdown-phase' ends a shutdown phase after 100ms");
			});
		assertThat(log).containsExactly("listener destroyed");
	}

	@Test
	void whenShutdownTimeoutFitsIntoThatOfSpringThenNothingIsSaid(CapturedOutput output) {
		this.contextRunner.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class))
			.withPropertyValues("telemetry-router.shutdown-timeout=30s")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("timeout-per-shutdown-phase");
	}

	@Test
	void whenContextIsStoppedThenEventsAreHandledAndItCanStartAgain() {
		CountDownLatch release = new CountDownLatch(0);
		this.contextRunner.withBean("listener", SlowListener.class, () -> new SlowListener(release)).run((context) -> {
			ConfigurableApplicationContext source = context
				.getSourceApplicationContext(ConfigurableApplicationContext.class);
			TelemetryRouter router = context.getBean(TelemetryRouter.class);
			router.emit("x", "a");
			source.stop();
			assertThat(log).containsExactly("a");
			source.start();
			router.emit("x", "b");
			source.pause();
			assertThat(log).containsExactly("a", "b");
			source.restart();
			router.emit("x", "c");
			assertThat(router.flush(Duration.ofSeconds(10)).complete()).isTrue();
			assertThat(log).containsExactly("a", "b", "c");
		});
	}

	@Test
	void whenChildContextClosesThenRouterOfParentStaysOpen() {
		this.contextRunner.run((parent) -> {
			TelemetryRouter router = parent.getBean(TelemetryRouter.class);
			this.contextRunner.withParent(parent)
				.withBean("listener", SlowListener.class, () -> new SlowListener(new CountDownLatch(0)))
				.run((child) -> {
					assertThat(child.getBean(TelemetryRouter.class)).isSameAs(router);
					router.emit("x", "a");
				});
			assertThat(log).containsExactly("a", "listener destroyed");
			router.subscribe("x", (event, payload) -> log.add("parent " + payload));
			router.emit("x", "b");
			assertThat(log).endsWith("parent b");
		});
	}

	@Test
	void whenContextFailsToStartThenRouterIsClosedAndNoThreadIsLeft() {
		assertCleanFailure("port in use",
				this.contextRunner
					.withBean("listener", SlowListener.class, () -> new SlowListener(new CountDownLatch(0)))
					.withBean("failing", FailingPhase.class));
		assertThat(log).containsExactly("early", "listener destroyed");
	}

	@Test
	void whenListenersCannotBeRegisteredThenRouterIsClosedAndNoThreadIsLeft() {
		assertCleanFailure("The method is static",
				this.contextRunner
					.withBean("listener", SlowListener.class, () -> new SlowListener(new CountDownLatch(0)))
					.withBean("faulty", FaultyListener.class));
		assertThat(log).containsExactly("listener destroyed");
	}

	private void assertCleanFailure(String message, ApplicationContextRunner contextRunner) {
		Set<Thread> before = Thread.getAllStackTraces().keySet();
		AtomicReference<TelemetryRouter> router = new AtomicReference<>();
		contextRunner.withBean(BeanFactoryAware.class, () -> (beanFactory) -> {
			router.set(beanFactory.getBean(TelemetryRouter.class));
			router.get().emit("x", "early");
		}).run((context) -> assertThat(context).getFailure().hasStackTraceContaining(message));
		assertThat(router.get().hasHandlers("x")).isFalse();
		assertThatIllegalStateException().isThrownBy(() -> router.get().subscribeAll((event, payload) -> {
		}));
		assertNoNewThreads(before);
	}

	private static void assertNoNewThreads(Set<Thread> before) {
		Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
			Set<String> left = Thread.getAllStackTraces()
				.keySet()
				.stream()
				.filter((thread) -> !before.contains(thread) && thread.getName().startsWith("telemetry-router"))
				.map(Thread::getName)
				.collect(Collectors.toSet());
			assertThat(left).isEmpty();
		});
	}

	static class SlowListener implements DisposableBean {

		private final CountDownLatch release;

		SlowListener(CountDownLatch release) {
			this.release = release;
		}

		@TelemetryListener(events = "x", async = true)
		void on(String payload) throws InterruptedException {
			this.release.await();
			log.add(payload);
		}

		@Override
		public void destroy() {
			log.add("listener destroyed");
		}

	}

	/**
	 * Stops in the phase of executors.
	 */
	static class LaterPhase implements SmartLifecycle {

		private volatile boolean running;

		@Override
		public void start() {
			this.running = true;
		}

		@Override
		public void stop() {
			this.running = false;
			log.add("later phase stopped");
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

		@Override
		public int getPhase() {
			return ExecutorConfigurationSupport.DEFAULT_PHASE;
		}

	}

	static class FaultyListener {

		@TelemetryListener("x")
		static void on() {
		}

	}

	static class FailingPhase implements SmartLifecycle {

		@Override
		public void start() {
			throw new IllegalStateException("port in use");
		}

		@Override
		public void stop() {
		}

		@Override
		public boolean isRunning() {
			return false;
		}

	}

}
