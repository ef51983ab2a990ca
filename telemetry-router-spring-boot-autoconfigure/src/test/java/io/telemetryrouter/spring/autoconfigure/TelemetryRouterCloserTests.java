package io.telemetryrouter.spring.autoconfigure;

import java.lang.Thread.State;
import java.util.List;
import java.util.ResourceBundle;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.BeanUtils;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.TelemetryRouterCustomizer;
import io.telemetryrouter.spring.annotation.TelemetryListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TelemetryRouterCloser}, with agents that are still running when the
 * context closes.
 */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(60)
class TelemetryRouterCloserTests {

	private static final List<String> log = new CopyOnWriteArrayList<>();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class,
				TaskExecutionAutoConfiguration.class, LifecycleAutoConfiguration.class))
		.withUserConfiguration(AsyncConfiguration.class)
		.withBean("listener", Listener.class);

	@BeforeEach
	void reset() {
		log.clear();
	}

	/**
	 * The agent continues after the first flush of the queues and, if Spring waits for
	 * tasks that late, after all phases but the last.
	 */
	@ParameterizedTest
	@CsvSource({ "1500000000, false", "1500000000, true", "0, true" })
	void whenAsyncAgentRunsWhileContextClosesThenItsLastEventsAreHandled(int phase, boolean awaitTermination,
			CapturedOutput output) {
		assertThatLastEventsAreHandled(phase,
				this.contextRunner.withPropertyValues(
						"spring.task.execution.shutdown.await-termination=" + awaitTermination,
						"spring.task.execution.shutdown.await-termination-period=30s"),
				output);
	}

	@ParameterizedTest
	@ValueSource(classes = { ThreadPoolTaskExecutor.class, ThreadPoolTaskScheduler.class })
	<T extends ExecutorConfigurationSupport> void whenExecutorOfTheApplicationWaitsForItsTasksThenTheirLastEventsAreHandled(
			Class<T> type, CapturedOutput output) {
		assertThatLastEventsAreHandled(0, this.contextRunner.withBean(type, () -> waiting(type)), output);
	}

	private static <T extends ExecutorConfigurationSupport> T waiting(Class<T> type) {
		T executor = BeanUtils.instantiateClass(type);
		executor.setWaitForTasksToCompleteOnShutdown(true);
		executor.setAwaitTerminationSeconds(30);
		return executor;
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenPropertySaysThatSimpleExecutorWaitsForItsTasksThenTheirLastEventsAreHandled(boolean runsLanes,
			CapturedOutput output) {
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("agent-");
		executor.setTaskTerminationTimeout(30_000);
		ApplicationContextRunner runner = this.contextRunner
			.withBean("taskExecutor", SimpleAsyncTaskExecutor.class, () -> executor)
			.withPropertyValues("spring.task.execution.shutdown.await-termination=true");
		assertThatLastEventsAreHandled(0, runsLanes
				? runner.withBean(TelemetryRouterCustomizer.class, () -> (builder) -> builder.laneExecutor(executor))
				: runner, output);
	}

	private static void assertThatLastEventsAreHandled(int phase, ApplicationContextRunner contextRunner,
			CapturedOutput output) {
		CountDownLatch release = new CountDownLatch(1);
		contextRunner.withBean("release-latch", CountDownLatch.class, () -> release)
			.withBean("agent", Agent.class)
			.withBean("release", Release.class, () -> new Release(phase, release))
			.run((context) -> {
				context.getBean(Agent.class).work();
				assertThat(context.getBean(Agent.class).started().await(30, TimeUnit.SECONDS)).isTrue();
			});
		assertThat(log).containsExactlyInAnyOrder("sync first", "async first", "sync last", "async last",
				"listener destroyed");
		assertThat(log).endsWith("listener destroyed");
		assertThat(output).contains("offered=4, handled=4, failed=0, filtered=0, dropped={}")
			.doesNotContain("router had closed");
	}

	@Test
	void whenAHandlerClosesTheContextThenOtherLanesAreDrainedBeforeTheirBeansAreDestroyed(CapturedOutput output) {
		this.contextRunner.withBean("stopper", Stopper.class).withBean("slow", SlowListener.class).run((context) -> {
			TelemetryEmitter telemetry = context.getBean(TelemetryEmitter.class);
			for (int i = 0; i < 3; i++) {
				telemetry.emit("slow", i);
			}
			telemetry.emit("stop", null);
			Awaitility.await()
				.untilAsserted(() -> assertThat(output).contains("Telemetry router closed in")
					.contains("offered=4, handled=4, failed=0, filtered=0, dropped={}"));
		});
		assertThat(log).containsExactly("slow 0", "slow 1", "slow 2", "slow destroyed", "listener destroyed");
	}

	@Test
	void whenSomethingEmitsAfterTheCloseThenOneLineSaysWhat(CapturedOutput output) {
		this.contextRunner.withBean(Farewell.class).run((context) -> context.getBean(Farewell.class));
		assertThat(log).containsExactly("listener destroyed");
		assertThat(output.getOut().lines().filter((line) -> line.contains("router had closed"))).singleElement()
			.asString()
			.contains(
					"Event 'x' was emitted after the telemetry router had closed; it and all that follow are dropped");
	}

	@Test
	void whenSomethingEmitsWhileTheTotalsAreLoggedThenALineSaysSo() {
		this.contextRunner.withBean(TelemetryRouterCustomizer.class, () -> (builder) -> {
			builder.logger(new EmittingLogger());
		}).run((context) -> EmittingLogger.telemetry = context.getBean(TelemetryEmitter.class));
		Awaitility.await()
			.untilAsserted(() -> assertThat(EmittingLogger.lines)
				.filteredOn((line) -> line.contains("after the telemetry router had closed"))
				.hasSize(1));
	}

	@Test
	void whenHandlerIsPausedThenItsEventsAreHandledAtOnce() {
		this.contextRunner.withPropertyValues("telemetry-router.shutdown-timeout=1h").run((context) -> {
			TelemetryRouter router = context.getBean(TelemetryRouter.class);
			router.pause("listener.async");
			router.emit("x", "first");
		});
		assertThat(log).containsExactly("sync first", "async first", "listener destroyed");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	static class AsyncConfiguration {

	}

	static class Agent {

		private final TelemetryEmitter telemetry;

		private final CountDownLatch release;

		private final CountDownLatch started = new CountDownLatch(1);

		Agent(TelemetryEmitter telemetry, CountDownLatch release) {
			this.telemetry = telemetry;
			this.release = release;
		}

		@Async
		void work() throws InterruptedException {
			this.telemetry.emit("x", "first");
			this.started.countDown();
			this.release.await();
			this.telemetry.emit("x", "last");
		}

		CountDownLatch started() {
			return this.started;
		}

	}

	/**
	 * Lets the agent continue in a given phase.
	 */
	static class Release implements SmartLifecycle {

		private final int phase;

		private final CountDownLatch release;

		private volatile boolean running;

		Release(int phase, CountDownLatch release) {
			this.phase = phase;
			this.release = release;
		}

		@Override
		public void start() {
			this.running = true;
		}

		@Override
		public void stop() {
			this.running = false;
			this.release.countDown();
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

		@Override
		public int getPhase() {
			return this.phase;
		}

	}

	static class Listener implements DisposableBean {

		@TelemetryListener("x")
		void sync(String payload) {
			log.add("sync " + payload);
		}

		@TelemetryListener(events = "x", async = true)
		void async(String payload) {
			log.add("async " + payload);
		}

		@Override
		public void destroy() {
			log.add("listener destroyed");
		}

	}

	static class Farewell implements DisposableBean {

		private final TelemetryEmitter telemetry;

		Farewell(TelemetryEmitter telemetry) {
			this.telemetry = telemetry;
		}

		@Override
		public void destroy() {
			this.telemetry.emit("x", "good");
			this.telemetry.emit("x", "bye");
		}

	}

	/**
	 * Emits while the totals are logged, after they have been calculated.
	 */
	static class EmittingLogger implements System.Logger {

		private static final List<String> lines = new CopyOnWriteArrayList<>();

		private static TelemetryEmitter telemetry;

		@Override
		public String getName() {
			return "emitting";
		}

		@Override
		public boolean isLoggable(Level level) {
			return true;
		}

		@Override
		public void log(Level level, ResourceBundle bundle, String message, Throwable thrown) {
			lines.add(message);
			if (message.contains("router closed in")) {
				telemetry.emit("x", "late");
			}
		}

		@Override
		public void log(Level level, ResourceBundle bundle, String format, Object... params) {
			log(level, bundle, format, (Throwable) null);
		}

	}

	static class Stopper {

		static volatile Thread thread;

		private final ConfigurableApplicationContext context;

		Stopper(ConfigurableApplicationContext context) {
			this.context = context;
		}

		@TelemetryListener(events = "stop", async = true)
		void stop() {
			thread = Thread.currentThread();
			this.context.close();
		}

	}

	static class SlowListener implements DisposableBean {

		/** Works while the context closes, which waits for it or destroys its bean. */
		@TelemetryListener(events = "slow", async = true)
		void on(int number) {
			Awaitility.await()
				.until(() -> log.contains("slow destroyed") || (Stopper.thread != null
						&& Set.of(State.WAITING, State.TIMED_WAITING).contains(Stopper.thread.getState())));
			log.add("slow " + number);
		}

		@Override
		public void destroy() {
			log.add("slow destroyed");
		}

	}

}
