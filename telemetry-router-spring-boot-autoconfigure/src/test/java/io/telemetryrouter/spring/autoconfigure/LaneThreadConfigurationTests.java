package io.telemetryrouter.spring.autoconfigure;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.LaneThread;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.FailureReport;
import io.telemetryrouter.spring.TelemetryRouterCustomizer;
import io.telemetryrouter.spring.annotation.TelemetryListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the threads that run handlers, and for threads that must not block.
 */
class LaneThreadConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class))
		.withBean("listener", Listener.class);

	/*
	 * Each line: the configured thread of the handler's id (- for none), the annotated
	 * method, and the name of the thread.
	 */
	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			-        | onPlatform | telemetry-router-listener.onPlatform
			-        | onDefault  | lanes
			platform | onDefault  | telemetry-router-listener.onDefault
			default  | onPlatform | lanes
			""")
	void whenThreadIsGivenInTwoPlacesThenTheConfigurationCounts(String configured, String method, String thread) {
		this.contextRunner
			.withBean(TelemetryRouterCustomizer.class,
					() -> (builder) -> builder.laneExecutor((task) -> new Thread(task, "lanes").start()))
			.withPropertyValues(configured.equals("-") ? new String[0]
					: new String[] { "telemetry-router.handlers.listener." + method + ".thread=" + configured })
			.run((context) -> {
				context.getBean(TelemetryRouter.class).emitAsync("x", 1).get(30, TimeUnit.SECONDS);
				assertThat(context.getBean(Listener.class).names.get(method)).isEqualTo(thread);
			});
	}

	@Test
	void whenThreadOfSynchronousHandlerIsConfiguredThenStartFails() {
		this.contextRunner.withPropertyValues("telemetry-router.handlers.listener.onSync.thread=platform")
			.run((context) -> assertThat(FailureReport.of(context.getStartupFailure()))
				.contains("telemetry-router.handlers.listener.onSync.thread")
				.contains("Handler 'listener.onSync' is synchronous"));
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void whenHandlersComputeOnPlatformThreadsThenVirtualOnesAreNotHeldUp() {
		this.contextRunner.withPropertyValues("spring.threads.virtual.enabled=true").run((context) -> {
			TelemetryRouter router = context.getBean(TelemetryRouter.class);
			int carriers = Runtime.getRuntime().availableProcessors();
			CountDownLatch computing = new CountDownLatch(carriers);
			CountDownLatch done = new CountDownLatch(1);
			for (int i = 0; i < carriers; i++) {
				router.subscribe(
						HandlerSpec.on("compute").async().thread(LaneThread.PLATFORM).handler((event, payload) -> {
							computing.countDown();
							while (done.getCount() != 0) {
								Thread.onSpinWait();
							}
						}).build());
			}
			try {
				router.emit("compute", 1);
				assertThat(computing.await(30, TimeUnit.SECONDS)).isTrue();
				router.emitAsync("x", 1).get(30, TimeUnit.SECONDS);
				Thread virtual = context.getBean(Listener.class).threads.get("onDefault");
				assertThat(virtual.toString()).startsWith("VirtualThread");
				assertThat(context.getBean(Listener.class).name).isEqualTo("telemetry-router-listener.onDefault");
			}
			finally {
				done.countDown();
			}
		});
	}

	@Test
	void whenThreadIsReactorsNonBlockingThenItDoesNotWaitForRoom() {
		this.contextRunner.withPropertyValues("telemetry-router.block-timeout=1h").run((context) -> {
			TelemetryRouter router = context.getBean(TelemetryRouter.class);
			CountDownLatch busy = new CountDownLatch(1);
			CountDownLatch hang = new CountDownLatch(1);
			router.subscribe(HandlerSpec.on("full")
				.id("full")
				.async()
				.maxQueue(1)
				.overflow(OverflowPolicy.BLOCK)
				.handler((event, payload) -> {
					busy.countDown();
					hang.await();
				})
				.build());
			try {
				router.emit("full", 1);
				assertThat(busy.await(30, TimeUnit.SECONDS)).isTrue();
				router.emit("full", 2);
				CountDownLatch emitted = new CountDownLatch(1);
				Schedulers.parallel().schedule(() -> {
					router.emit("full", 3);
					emitted.countDown();
				});
				assertThat(emitted.await(30, TimeUnit.SECONDS)).isTrue();
				assertThat(router.handlerSnapshot("full").account().dropped()).containsEntry(DropReason.QUEUE_FULL, 1L);
			}
			finally {
				hang.countDown();
			}
		});
	}

	static class Listener {

		final Map<String, Thread> threads = new ConcurrentHashMap<>();

		/**
		 * Names of the threads during the call: the router renames a thread for each use.
		 */
		final Map<String, String> names = new ConcurrentHashMap<>();

		volatile String name;

		private void put(String method) {
			this.threads.put(method, Thread.currentThread());
			this.names.put(method, Thread.currentThread().getName());
		}

		@TelemetryListener(events = "x", async = true, thread = LaneThread.PLATFORM)
		void onPlatform() {
			put("onPlatform");
		}

		@TelemetryListener(events = "x", async = true)
		void onDefault() {
			this.name = Thread.currentThread().getName();
			put("onDefault");
		}

		@TelemetryListener("x")
		void onSync() {
			put("onSync");
		}

	}

}
