package io.telemetryrouter.spring.annotation;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import io.telemetryrouter.HandlerMode;
import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for parameters, return types and attributes of {@link TelemetryListener} methods.
 */
@ExtendWith(OutputCaptureExtension.class)
class TelemetryListenerTests extends ListenerContext {

	@Test
	void whenMethodsDifferInShapeThenEachReceivesWhatItTakes() {
		run(new Shapes(), (router, listener) -> {
			router.emit("model.response", new ModelResponse("m1", 0.5));
			assertThat(listener.events).containsExactlyInAnyOrder("nothing", "payload m1", "model.response m1",
					"event model.response m1");
		});
	}

	@Test
	void whenOnlyParameterIsStringThenItIsThePayload() {
		run(new StringPayload(), (router, listener) -> {
			router.emit("note", "hello");
			assertThat(listener.events).containsExactly("hello");
		});
	}

	@Test
	void whenPayloadIsPrimitiveThenItIsUnboxed() {
		run(new PrimitivePayload(), (router, listener) -> {
			router.emit("count", 42);
			router.emit("count", null);
			router.emit("count", "not a number");
			assertThat(listener.events).containsExactly(42);
			assertThat(account(router, "bean.on").droppedTotal()).isEqualTo(2);
		});
	}

	@Test
	void whenNoEventIsNamedThenTypeSaysWhich() {
		run(new WithoutNames(), (router, listener) -> {
			router.emit("model.response", new ModelResponse("m1", 0.5));
			router.emit("other", new ModelResponse("m2", 0.5));
			router.emit("x", new Plain("p1"));
			router.emit("y", new Plain("p2"));
			assertThat(listener.events).containsExactlyInAnyOrder("declared m1", "plain p1", "plain p2",
					"all model.response", "all other", "all x", "all y", "any", "any", "any", "any");
			assertThat(router.handlerSnapshot("bean.declared").patterns()).containsExactly("model.response");
			assertThat(router.handlerSnapshot("bean.plain").account().filtered()).isEqualTo(2);
		});
	}

	@Test
	void whenNameAndTypeAreGivenThenOtherPayloadsAreMismatches() {
		run(new NamedAndTyped(), (router, listener) -> {
			router.emit("tool.started", new Plain("p1"));
			router.emit("tool.started", "text");
			assertThat(listener.events).containsExactly(new Plain("p1"));
			assertThat(account(router, "bean.on").droppedTotal()).isEqualTo(1);
		});
	}

	@Test
	void whenPayloadTypeIsTypeArgumentOfSuperclassThenConcreteClassSaysWhich() {
		run(new ModelResponseListener(), (router, listener) -> {
			router.emit("x", "text");
			router.emit("x", new ModelResponse("m1", 0.5));
			assertThat(listener.events).containsExactlyInAnyOrder("inherited m1", "overridden m1", "event m1");
			assertThat(router.snapshot().handlers()).hasSize(3);
			assertThat(router.handlerSnapshot("bean.inherited").payloadType()).isEqualTo(ModelResponse.class);
			assertThat(router.handlerSnapshot("bean.event").payloadType()).isEqualTo(ModelResponse.class);
		});
	}

	@Test
	void whenTypeArgumentIsBoundedThenBoundIsThePayloadType() {
		run(new Bounded<ModelResponse>(), (router, listener) -> {
			assertThat(router.handlerSnapshot("bean.bounded").payloadType()).isEqualTo(Record.class);
			assertThat(router.handlerSnapshot("bean.wildcard").payloadType()).isEqualTo(Number.class);
		});
	}

	@Test
	void whenMethodThrowsThenOthersRunAndExceptionArrivesUnwrapped() {
		run(new Failing(), (router, listener) -> {
			router.emit("x", "secret-payload");
			assertThat(listener.events).containsExactly("after");
			assertThat(router.handlerSnapshot("bean.checked").lastFailure().type())
				.isEqualTo(IOException.class.getName());
			assertThat(router.handlerSnapshot("bean.error").lastFailure().type())
				.isEqualTo(StackOverflowError.class.getName());
		});
	}

	@Test
	void whenMethodFailsThenItIsLoggedWithoutPayload(CapturedOutput output) {
		SpringApplication application = new SpringApplication(TelemetryRouterAutoConfiguration.class, Failing.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		try (ConfigurableApplicationContext context = application.run()) {
			context.getBean(TelemetryEmitter.class).emit("x", "secret-payload");
		}
		assertThat(output).contains("Failing.checked").contains("disk full").doesNotContain("secret-payload");
	}

	@Test
	void whenMethodReturnsStageThenLaneWaitsForItsCompletion() {
		run(new ReturnsStage(), (router, listener) -> {
			assertThat(router.handlerSnapshot("bean.on").mode()).isEqualTo(HandlerMode.ASYNC);
			router.emit("x", "first");
			router.emit("x", "second");
			assertThat(listener.called.await(10, TimeUnit.SECONDS)).isTrue();
			assertThat(router.flush(Duration.ZERO).complete()).isFalse();
			assertThat(listener.events).containsExactly("first");
			assertThat(account(router, "bean.on").handled()).isZero();
			listener.pending.complete(null);
			assertThat(router.flush(Duration.ofSeconds(10)).complete()).isTrue();
			assertThat(listener.events).containsExactly("first", "second");
			assertThat(account(router, "bean.on").handled()).isEqualTo(2);
		});
	}

	@Test
	void whenStageOrPublisherFailsThenCallFailed() {
		run(new FailsLater(), (router, listener) -> {
			router.emit("x", null);
			assertThat(router.flush(Duration.ofSeconds(10)).complete()).isTrue();
			assertThat(router.handlerSnapshot("bean.stage").lastFailure().type())
				.isEqualTo(IOException.class.getName());
			assertThat(router.handlerSnapshot("bean.publisher").lastFailure().type())
				.isEqualTo(IOException.class.getName());
		});
	}

	@Test
	void whenMethodIsAsyncThenItRunsOnAnotherThread() {
		run(new Async(), (router, listener) -> {
			assertThat(router.emitAsync("x", null).get(10, TimeUnit.SECONDS).handled()).isEqualTo(1);
			assertThat(listener.events).hasSize(1).doesNotContain(Thread.currentThread());
		});
	}

	static class Shapes extends Received {

		@TelemetryListener("model.response")
		void nothing() {
			add("nothing");
		}

		@TelemetryListener("model.response")
		void payload(ModelResponse response) {
			add("payload " + response.model());
		}

		@TelemetryListener("model.response")
		void named(String event, ModelResponse response) {
			add(event + " " + response.model());
		}

		@TelemetryListener("model.response")
		void event(TelemetryEvent<ModelResponse> event) {
			add("event " + event.name() + " " + event.payload().model());
		}

	}

	static class StringPayload extends Received {

		@TelemetryListener("note")
		void on(String text) {
			add(text);
		}

	}

	static class PrimitivePayload extends Received {

		@TelemetryListener("count")
		void on(int count) {
			add(count);
		}

	}

	static class WithoutNames extends Received {

		@TelemetryListener
		void declared(ModelResponse response) {
			add("declared " + response.model());
		}

		@TelemetryListener
		void plain(Plain plain) {
			add("plain " + plain.text());
		}

		@TelemetryListener
		void all(String event, Object payload) {
			add("all " + event);
		}

		@TelemetryListener
		void any() {
			add("any");
		}

	}

	static class NamedAndTyped extends Received {

		@TelemetryListener("tool.*")
		void on(Plain plain) {
			add(plain);
		}

	}

	abstract static class TypedListener<T> extends Received {

		@TelemetryListener("x")
		void inherited(T payload) {
			add("inherited " + text(payload));
		}

		@TelemetryListener("x")
		void event(TelemetryEvent<? extends T> event) {
			add("event " + text(event.payload()));
		}

		abstract void overridden(T payload);

		abstract String text(T payload);

	}

	static class ModelResponseListener extends TypedListener<ModelResponse> {

		@Override
		@TelemetryListener("x")
		void overridden(ModelResponse payload) {
			add("overridden " + payload.model());
		}

		@Override
		String text(ModelResponse payload) {
			return payload.model();
		}

	}

	static class Bounded<T extends Record> extends Received {

		@TelemetryListener("x")
		void bounded(T payload) {
		}

		@TelemetryListener("x")
		void wildcard(TelemetryEvent<? extends Number> event) {
		}

	}

	static class Failing extends Received {

		@TelemetryListener(events = "x", priority = 1)
		void checked(String payload) throws IOException {
			throw new IOException("disk full");
		}

		@TelemetryListener(events = "x", priority = 2)
		void error(String payload) {
			throw new StackOverflowError();
		}

		@TelemetryListener(events = "x", priority = 3)
		void after(String payload) {
			add("after");
		}

	}

	static class ReturnsStage extends Received {

		final CountDownLatch called = new CountDownLatch(1);

		final CompletableFuture<@Nullable Void> pending = new CompletableFuture<>();

		@TelemetryListener("x")
		CompletionStage<@Nullable Void> on(String payload) {
			add(payload);
			this.called.countDown();
			return this.pending;
		}

	}

	static class FailsLater extends Received {

		@TelemetryListener("x")
		CompletionStage<String> stage() {
			return CompletableFuture.failedFuture(new IOException("disk full"));
		}

		@TelemetryListener("x")
		Mono<List<String>> publisher() {
			return Mono.error(new IOException("disk full"));
		}

	}

	static class Async extends Received {

		@TelemetryListener(events = "x", async = true)
		void on() {
			add(Thread.currentThread());
		}

	}

}
