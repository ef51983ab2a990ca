package io.telemetryrouter.spring.autoconfigure;

import java.lang.Thread.State;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;

import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.annotation.TelemetryListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for a context that is stopped or paused, as before a checkpoint or in the cache
 * of test contexts, and then closed or started again.
 */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(60)
class StoppedContextTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final List<String> log = new CopyOnWriteArrayList<>();

	/** The thread that closes the context. */
	private static volatile @Nullable Thread closing;

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class));

	@BeforeEach
	void reset() {
		log.clear();
		closing = null;
	}

	@Test
	void whenStoppedContextClosesThenItsLastEventsAreHandledBeforeTheirBeanIsDestroyed(CapturedOutput output) {
		whenContextClosesAfter(ConfigurableApplicationContext::stop, output);
	}

	@Test
	void whenPausedContextClosesThenItsLastEventsAreHandledBeforeTheirBeanIsDestroyed(CapturedOutput output) {
		whenContextClosesAfter(ConfigurableApplicationContext::pause, output);
	}

	private void whenContextClosesAfter(Consumer<ConfigurableApplicationContext> action, CapturedOutput output) {
		this.contextRunner.withBean("listener", SlowListener.class).run((context) -> {
			ConfigurableApplicationContext source = source(context);
			action.accept(source);
			TelemetryRouter router = context.getBean(TelemetryRouter.class);
			for (int i = 0; i < 3; i++) {
				router.emit("slow", i);
			}
			closing = Thread.currentThread();
			source.close();
		});
		assertThat(log).containsExactly("slow 0", "slow 1", "slow 2", "slow destroyed");
		Awaitility.await()
			.atMost(LIMIT)
			.untilAsserted(() -> assertThat(output)
				.containsOnlyOnce("offered=3, handled=3, failed=0, filtered=0, dropped={}, running=0, unhandled=0"));
	}

	@Test
	void whenContextStartsAgainThenNoLineIsRepeated(CapturedOutput output) {
		this.contextRunner.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class))
			.withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=1s")
			.run((context) -> {
				ConfigurableApplicationContext source = source(context);
				source.pause();
				source.restart();
				source.stop();
				source.start();
			});
		assertThat(output).containsOnlyOnce("Telemetry router started with")
			.containsOnlyOnce("'spring.lifecycle.timeout-per-shutdown-phase' ends a shutdown phase after");
	}

	@Test
	void whenHandlerIsPausedThenStopDoesNotWaitForIt(CapturedOutput output) {
		this.contextRunner.withBean("listener", Listener.class)
			.withPropertyValues("telemetry-router.shutdown-timeout=1h")
			.run((context) -> {
				TelemetryRouter router = context.getBean(TelemetryRouter.class);
				router.pause("listener.async");
				router.emit("x", "first");
				source(context).stop();
				assertThat(output)
					.contains("Stopped with events of telemetry handlers still pending: {listener.async=1}");
				assertThat(log).containsExactly("sync first");
			});
		assertThat(log).containsExactly("sync first", "async first");
	}

	@ParameterizedTest
	@ValueSource(ints = { Integer.MAX_VALUE, 0, Integer.MIN_VALUE })
	void whenBeanEmitsAsItStopsAndStartsThenItsEventsAreHandled(int phase, CapturedOutput output) {
		this.contextRunner.withBean("listener", Listener.class)
			.withBean(Announcer.class, () -> new Announcer(phase))
			.run((context) -> {
				ConfigurableApplicationContext source = source(context);
				context.getBean(Announcer.class).telemetry = context.getBean(TelemetryEmitter.class);
				source.stop();
				source.start();
				TelemetryRouter router = context.getBean(TelemetryRouter.class);
				assertThat(router.flush(LIMIT).complete()).isTrue();
				assertThat(log).containsExactlyInAnyOrder("sync stopped", "async stopped", "sync started",
						"async started");
			});
	}

	@ParameterizedTest
	@ValueSource(ints = { Integer.MAX_VALUE, 0, Integer.MIN_VALUE })
	void whenBeanEmitsAsTheContextClosesThenItsEventsAreHandled(int phase, CapturedOutput output) {
		this.contextRunner.withBean("listener", Listener.class)
			.withBean(Announcer.class, () -> new Announcer(phase))
			.run((context) -> context.getBean(Announcer.class).telemetry = context.getBean(TelemetryEmitter.class));
		assertThat(log).containsExactlyInAnyOrder("sync stopped", "async stopped");
		Awaitility.await()
			.atMost(LIMIT)
			.untilAsserted(() -> assertThat(output).contains("offered=2, handled=2, failed=0"));
	}

	private static ConfigurableApplicationContext source(AssertableApplicationContext context) {
		return context.getSourceApplicationContext(ConfigurableApplicationContext.class);
	}

	static class Listener {

		@TelemetryListener("x")
		void sync(String payload) {
			log.add("sync " + payload);
		}

		@TelemetryListener(events = "x", async = true)
		void async(String payload) {
			log.add("async " + payload);
		}

	}

	static class Announcer implements SmartLifecycle {

		private final int phase;

		private volatile @Nullable TelemetryEmitter telemetry;

		private volatile boolean running;

		Announcer(int phase) {
			this.phase = phase;
		}

		@Override
		public void start() {
			this.running = true;
			emit("started");
		}

		@Override
		public void stop() {
			this.running = false;
			emit("stopped");
		}

		private void emit(String payload) {
			TelemetryEmitter emitter = this.telemetry;
			if (emitter != null) {
				emitter.emit("x", payload);
			}
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

	static class SlowListener implements DisposableBean {

		/** Works while the context closes, which waits for it or destroys its bean. */
		@TelemetryListener(events = "slow", async = true)
		void on(int number) {
			Awaitility.await().atMost(LIMIT).until(() -> {
				Thread thread = closing;
				return log.contains("slow destroyed")
						|| (thread != null && Set.of(State.WAITING, State.TIMED_WAITING).contains(thread.getState()));
			});
			log.add("slow " + number);
		}

		@Override
		public void destroy() {
			log.add("slow destroyed");
		}

	}

}
