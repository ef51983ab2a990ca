package io.telemetryrouter.spring.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import io.telemetryrouter.ContextCarrier;
import io.telemetryrouter.HandlerErrorListener;
import io.telemetryrouter.HandlerFailure;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.RouterSnapshot.Defaults;
import io.telemetryrouter.Subscription;
import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.TelemetryRouterBuilder;
import io.telemetryrouter.spring.TelemetryRouterCustomizer;
import io.telemetryrouter.spring.annotation.TelemetryListener;
import io.telemetryrouter.spring.annotation.TelemetryListenerProcessor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TelemetryRouterAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class TelemetryRouterAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class));

	@Test
	void whenNothingIsConfiguredThenRouterHasDefaults() {
		this.contextRunner.run((context) -> {
			assertThat(context).hasSingleBean(TelemetryRouter.class).hasBean("telemetryEmitter");
			assertThat(context.getBean(TelemetryRouter.class).snapshot().defaults())
				.isEqualTo(new Defaults(1000, 0, OverflowPolicy.DROP_NEWEST));
		});
	}

	@Test
	void whenPropertiesAreSetThenRouterHasThem() {
		this.contextRunner
			.withPropertyValues("telemetry-router.max-handler-queue=7", "telemetry-router.default-priority=3",
					"telemetry-router.overflow=drop-oldest")
			.run((context) -> assertThat(context.getBean(TelemetryRouter.class).snapshot().defaults())
				.isEqualTo(new Defaults(7, 3, OverflowPolicy.DROP_OLDEST)));
	}

	@Test
	void whenUserDefinesRouterThenAutoConfiguredRouterBacksOffAndListenersUseIt() {
		TelemetryRouter own = TelemetryRouter.builder().build();
		this.contextRunner.withBean("custom", TelemetryRouter.class, () -> own)
			.withBean("listener", Listener.class)
			.run((context) -> {
				assertThat(context).hasSingleBean(TelemetryRouter.class).hasBean("custom");
				own.emit("x", "a");
				assertThat(context.getBean(Listener.class).received).containsExactly("a");
			});
		assertThat(own.hasHandlers("x")).isFalse();
	}

	@Test
	void whenDisabledThenApplicationEmitsAndSubscribesButNobodyListens() {
		this.contextRunner.withPropertyValues("telemetry-router.enabled=false")
			.withBean("listener", Listener.class)
			.run((context) -> {
				assertThat(context).hasBean("telemetryEmitter").doesNotHaveBean(TelemetryListenerProcessor.class);
				TelemetryRouter router = context.getBean(TelemetryRouter.class);
				List<Object> subscribed = new ArrayList<>();
				Subscription subscription = router.subscribeAll((event, payload) -> subscribed.add(payload));
				router.emit("x", "a");
				assertThat(subscription.isActive()).isFalse();
				assertThat(router.hasHandlers("x")).isFalse();
				assertThat(subscribed).isEmpty();
				assertThat(context.getBean(Listener.class).received).isEmpty();
			});
	}

	@Test
	void whenThereAreCustomizersThenTheyRunInOrderAfterProperties() {
		this.contextRunner.withPropertyValues("telemetry-router.max-handler-queue=7")
			.withUserConfiguration(Customizers.class)
			.run((context) -> assertThat(context.getBean(TelemetryRouter.class).snapshot().defaults())
				.isEqualTo(new Defaults(2, 7, OverflowPolicy.DROP_NEWEST)));
	}

	@Test
	void whenCustomizerCustomizesHandlersThenConfigurationStillHasLastWord() {
		this.contextRunner.withPropertyValues("telemetry-router.handlers.listener.on.priority=5")
			.withBean("listener", Listener.class)
			.withBean(TelemetryRouterCustomizer.class,
					() -> (builder) -> builder.specCustomizer((spec) -> spec.mutate().priority(99).build()))
			.run((context) -> assertThat(
					context.getBean(TelemetryRouter.class).handlerSnapshot("listener.on").priority())
				.isEqualTo(5));
	}

	@Test
	void whenThereIsContextCarrierThenAsynchronousHandlersRunInIt() {
		List<String> calls = new CopyOnWriteArrayList<>();
		this.contextRunner.withBean(ContextCarrier.class, () -> new RecordingCarrier(calls)).run((context) -> {
			TelemetryRouter router = context.getBean(TelemetryRouter.class);
			router.subscribe(HandlerSpec.on("x").async().handler((event, payload) -> calls.add("handle")).build());
			router.emitAsync("x", null).get(10, TimeUnit.SECONDS);
			// The outcome is there before the context has been cleared.
			Awaitility.await()
				.atMost(30, TimeUnit.SECONDS)
				.untilAsserted(() -> assertThat(calls).containsSubsequence("capture", "restore", "handle", "close"));
		});
	}

	@Test
	void whenThereAreTwoContextCarriersThenOneLineSaysThatNeitherIsUsed(CapturedOutput output) {
		List<String> calls = new CopyOnWriteArrayList<>();
		this.contextRunner.withBean("mine", ContextCarrier.class, () -> new RecordingCarrier(calls))
			.withBean("other", ContextCarrier.class, () -> new RecordingCarrier(calls))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				context.getBean(TelemetryRouterBuilder.class).build().close();
				assertThat(output.getOut().lines().filter((line) -> line.contains("ContextCarrier beans")))
					.singleElement()
					.asString()
					.contains("ContextCarrier beans 'mine', 'other' have no effect: a router has one."
							+ " Mark one of them with @Primary.");
			});
		assertThat(calls).isEmpty();
	}

	@Test
	void whenErrorListenerEmitsItselfThenItIsToldOfFailures() {
		this.contextRunner.withUserConfiguration(EmittingErrorListener.class).run((context) -> {
			TelemetryRouter router = context.getBean(TelemetryRouter.class);
			List<Object> failures = new ArrayList<>();
			router.subscribe("handler.failed", (event, payload) -> failures.add(payload));
			router.subscribe("x", (event, payload) -> {
				throw new IllegalStateException("broken");
			});
			router.emit("x", null);
			assertThat(failures).singleElement()
				.extracting((failure) -> ((HandlerFailure) failure).event())
				.isEqualTo("x");
		});
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void whenVirtualThreadsAreEnabledThenLanesUseThem() {
		assertThat(laneThread("spring.threads.virtual.enabled=true").toString()).startsWith("VirtualThread");
	}

	@Test
	void whenVirtualThreadsAreNotEnabledThenLanesUsePlatformThreads() {
		assertThat(laneThread("spring.threads.virtual.enabled=false").toString()).doesNotStartWith("VirtualThread");
	}

	private Thread laneThread(String property) {
		CompletableFuture<Thread> thread = new CompletableFuture<>();
		this.contextRunner.withPropertyValues(property).run((context) -> {
			TelemetryRouter router = context.getBean(TelemetryRouter.class);
			router.subscribe(HandlerSpec.on("x")
				.async()
				.handler((event, payload) -> thread.complete(Thread.currentThread()))
				.build());
			router.emitAsync("x", null).get(10, TimeUnit.SECONDS);
		});
		return thread.join();
	}

	static class Listener {

		final List<Object> received = new ArrayList<>();

		@TelemetryListener("x")
		void on(Object payload) {
			this.received.add(payload);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Customizers {

		@Bean
		@Order(2)
		TelemetryRouterCustomizer second() {
			return (builder) -> builder.maxHandlerQueue(2);
		}

		@Bean
		@Order(1)
		TelemetryRouterCustomizer first() {
			return (builder) -> builder.maxHandlerQueue(1).defaultPriority(7);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class EmittingErrorListener {

		@Bean
		HandlerErrorListener errorListener(TelemetryEmitter emitter) {
			return (failure) -> emitter.emit("handler.failed", failure);
		}

	}

	private record RecordingCarrier(List<String> calls) implements ContextCarrier {

		@Override
		public Object capture() {
			this.calls.add("capture");
			return "context";
		}

		@Override
		public Scope restore(Object context) {
			this.calls.add("restore");
			return () -> this.calls.add("close");
		}

	}

}
