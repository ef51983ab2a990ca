package io.telemetryrouter.spring.langchain4j;

import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.service.AiServices;
import org.junit.jupiter.api.Test;

import io.telemetryrouter.agent.AgentRun;
import io.telemetryrouter.agent.ModelCall;
import io.telemetryrouter.spring.agent.AgentTelemetry;
import io.telemetryrouter.spring.langchain4j.LangChain4jFixture.Assistant;
import io.telemetryrouter.spring.test.AgentEvents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for AI services whose model tries several models, of which not all have the
 * listener, and for retried streams.
 */
class LangChain4jFallbackTests {

	@Test
	void whenModelWithoutListenerAnswersAfterFailureThenItsTokensAreSummed() {
		run((listeners, events) -> {
			FakeModel first = FakeModel.observed(listeners).fails();
			service(fallback(first.chat(), FakeModel.unobserved().answers(10).chat())).chat("hello");
			assertThat(events.names()).containsExactly("agent.run.started", "model.call.started", "model.call.failed",
					"model.call.started", "model.call.completed", "agent.run.completed");
			assertTotals(events, 2, 10);
		});
	}

	@Test
	void whenModelWithoutListenerIsAskedAfterAnAnswerThenTokensOfBothAreSummed() {
		run((listeners, events) -> {
			ChatModel cheap = FakeModel.observed(listeners).answers(3).chat();
			ChatModel good = FakeModel.unobserved().answers(10).chat();
			service(new ChatModel() {

				@Override
				public ChatResponse chat(ChatRequest request) {
					cheap.chat(request);
					return good.chat(request);
				}

			}).chat("hello");
			assertTotals(events, 2, 13);
			assertThat(events.payloads(ModelCall.Completed.class)).extracting((call) -> call.tokens().input())
				.containsExactly(3L, 10L);
		});
	}

	@Test
	void whenModelWithListenerAnswersThenItsCallIsCountedOnceEvenIfTheAnswerIsEdited() {
		run((listeners, events) -> {
			ChatModel model = FakeModel.observed(listeners).answers(3).chat();
			service(new ChatModel() {

				@Override
				public ChatResponse chat(ChatRequest request) {
					ChatResponse response = model.chat(request);
					return ChatResponse.builder()
						.aiMessage(response.aiMessage().withText("edited"))
						.metadata(response.metadata())
						.build();
				}

			}).chat("hello");
			assertTotals(events, 1, 3);
		});
	}

	@Test
	void whenModelIsCalledOnAnotherThreadThenItsCallBelongsToTheRun() {
		run((listeners, events) -> {
			ChatModel model = FakeModel.observed(listeners).fails().answers(3).chat();
			service(new ChatModel() {

				@Override
				public ChatResponse chat(ChatRequest request) {
					return CompletableFuture.supplyAsync(() -> model.chat(request))
						.exceptionallyAsync((ex) -> model.chat(request))
						.join();
				}

			}).chat("hello");
			assertTotals(events, 2, 3);
			assertThat(events.all()).extracting((event) -> event.runId()).hasSize(6).containsOnly(runId(events));
		});
	}

	@Test
	void whenAllAttemptsFailThenRunFails() {
		run((listeners, events) -> {
			Assistant assistant = service(
					fallback(FakeModel.observed(listeners).fails().chat(), FakeModel.unobserved().fails().chat()));
			assertThatIllegalStateException().isThrownBy(() -> assistant.chat("hello"));
			assertThat(events.names()).containsExactly("agent.run.started", "model.call.started", "model.call.failed",
					"agent.run.failed");
		});
	}

	@Test
	void whenModelThrowsCheckedExceptionThenCallerGetsAndRunTellsWhatTheyWouldWithoutProxy() {
		run((listeners, events) -> {
			Assistant assistant = service(new ChatModel() {

				@Override
				public ChatResponse doChat(ChatRequest request) {
					throw FakeModel.<RuntimeException>sneaky(new IOException("down"));
				}

			});
			assertThatExceptionOfType(UndeclaredThrowableException.class).isThrownBy(() -> assistant.chat("hello"))
				.withCauseExactlyInstanceOf(IOException.class);
			assertThat(events.single(AgentRun.Failed.class).failure().type()).isEqualTo(IOException.class.getName());
			assertThat(events.single(ModelCall.Failed.class).failure().type()).isEqualTo(IOException.class.getName());
		});
	}

	@Test
	void whenFirstAttemptOfStreamFailsAndSecondSucceedsThenRunCompletes() {
		run((listeners, events) -> {
			StreamingChatModel model = FakeModel.observed(listeners).fails().answers(7).streaming();
			assertThat(stream(retrying(model, Runnable::run)).join()).isEqualTo("answer");
			assertThat(events.names()).containsExactly("agent.run.started", "model.call.started", "model.call.failed",
					"model.call.started", "model.call.completed", "agent.run.completed");
			assertTotals(events, 2, 7);
		});
	}

	@Test
	void whenStreamIsRetriedOnAnotherThreadThenRunCompletes() {
		run((listeners, events) -> {
			StreamingChatModel model = FakeModel.observed(listeners).fails().answers(7).streaming();
			Consumer<Runnable> later = (task) -> CompletableFuture.runAsync(task).join();
			assertThat(stream(retrying(model, later)).join()).isEqualTo("answer");
			assertTotals(events, 2, 7);
			assertThat(events.all()).extracting((event) -> event.runId()).hasSize(6).containsOnly(runId(events));
		});
	}

	@Test
	void whenStreamFallsBackToModelWithoutListenerThenItsTokensAreSummed() {
		run((listeners, events) -> {
			StreamingChatModel first = FakeModel.observed(listeners).fails().streaming();
			StreamingChatModel second = FakeModel.unobserved().answers(9).streaming();
			stream(fallback(first, second, Runnable::run)).join();
			assertTotals(events, 2, 9);
		});
	}

	@Test
	void whenBothAttemptsOfStreamFailThenRunFailsOnce() {
		run((listeners, events) -> {
			StreamingChatModel model = FakeModel.observed(listeners).fails().fails().streaming();
			assertThat(stream(retrying(model, Runnable::run)).handle((text, error) -> error).join())
				.isInstanceOf(IllegalStateException.class);
			assertThat(events.names()).containsExactly("agent.run.started", "model.call.started", "model.call.failed",
					"model.call.started", "model.call.failed", "agent.run.failed");
		});
	}

	@Test
	void whenStreamingModelThrowsThenCallAndRunFail() {
		run((listeners, events) -> {
			StreamingChatModel broken = new StreamingChatModel() {

				@Override
				public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
					throw new IllegalStateException("broken");
				}

			};
			assertThatIllegalStateException().isThrownBy(() -> stream(broken)).withMessage("broken");
			assertThat(events.names()).containsExactly("agent.run.started", "model.call.started", "model.call.failed",
					"agent.run.failed");
		});
	}

	private static void assertTotals(AgentEvents events, int modelCalls, long tokens) {
		AgentRun.Totals totals = events.single(AgentRun.Completed.class).totals();
		assertThat(totals.modelCalls()).isEqualTo(modelCalls);
		assertThat(totals.tokens().input()).isEqualTo(tokens);
		assertThat(events.payloads(ModelCall.Completed.class))
			.allSatisfy((call) -> assertThat(call.duration()).isLessThan(Duration.ofMinutes(5)).isPositive());
	}

	private static String runId(AgentEvents events) {
		return events.single(AgentRun.Completed.class).run().id();
	}

	private static void run(Check check) {
		LangChain4jFixture.routerRunner().withBean(AgentEvents.class).run((context) -> {
			check.accept(context.getBeanProvider(ChatModelListener.class), context.getBean(AgentEvents.class));
			assertThat(context.getBean(AgentTelemetry.class).failures()).isZero();
		});
	}

	private static Assistant service(ChatModel model) {
		return AiServices.create(Assistant.class, model);
	}

	private static CompletableFuture<String> stream(StreamingChatModel model) {
		CompletableFuture<String> answer = new CompletableFuture<>();
		AiServices.builder(Assistant.class)
			.streamingChatModel(model)
			.build()
			.stream("hello")
			.onPartialResponse((text) -> {
			})
			.onCompleteResponse((response) -> answer.complete(response.aiMessage().text()))
			.onError(answer::completeExceptionally)
			.start();
		return answer;
	}

	private static ChatModel fallback(ChatModel first, ChatModel second) {
		return new ChatModel() {

			@Override
			public ChatResponse chat(ChatRequest request) {
				try {
					return first.chat(request);
				}
				catch (IllegalStateException ex) {
					return second.chat(request);
				}
			}

		};
	}

	private static StreamingChatModel retrying(StreamingChatModel model, Consumer<Runnable> executor) {
		return fallback(model, model, executor);
	}

	private static StreamingChatModel fallback(StreamingChatModel first, StreamingChatModel second,
			Consumer<Runnable> executor) {
		return new StreamingChatModel() {

			@Override
			public void chat(ChatRequest request, StreamingChatResponseHandler handler) {
				first.chat(request, new StreamingChatResponseHandler() {

					@Override
					public void onPartialResponse(String text) {
						handler.onPartialResponse(text);
					}

					@Override
					public void onCompleteResponse(ChatResponse response) {
						handler.onCompleteResponse(response);
					}

					@Override
					public void onError(Throwable error) {
						executor.accept(() -> second.chat(request, handler));
					}

				});
			}

		};
	}

	/** Uses the listeners of models and looks at the events. */
	@FunctionalInterface
	private interface Check {

		void accept(Iterable<ChatModelListener> listeners, AgentEvents events);

	}

}
