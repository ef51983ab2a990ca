package io.telemetryrouter.spring.langchain4j;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.TokenStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.context.ApplicationContext;

import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.agent.AgentRun;
import io.telemetryrouter.agent.ModelCall;
import io.telemetryrouter.agent.ToolCall;
import io.telemetryrouter.spring.agent.AgentTelemetry;
import io.telemetryrouter.spring.langchain4j.LangChain4jFixture.Assistant;
import io.telemetryrouter.spring.langchain4j.LangChain4jFixture.Tools;
import io.telemetryrouter.spring.test.AgentEvents;
import io.telemetryrouter.spring.test.OpenAiStub;
import io.telemetryrouter.spring.test.OpenAiStub.Answer;
import io.telemetryrouter.spring.test.OpenAiStub.Ending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for streams of AI services, and that failures of the adapter to LangChain4j do
 * not affect the application.
 */
class LangChain4jIsolationTests {

	private final OpenAiStub stub = new OpenAiStub();

	@AfterEach
	void close() {
		this.stub.close();
	}

	@Test
	void whenServiceStreamsThenRunEndsAfterItsCalls() {
		this.stub.toolThenText("weather", "{\"city\":\"Oslo\"}");
		LangChain4jFixture.runner(this.stub).run((context) -> {
			stream(context).get(30, TimeUnit.SECONDS);
			AgentEvents events = ended(context);
			assertThat(events.names()).containsExactly("agent.run.started", "model.call.started",
					"model.call.completed", "tool.call.started", "tool.call.completed", "model.call.started",
					"model.call.completed", "agent.run.completed");
			AgentRun.Completed run = events.single(AgentRun.Completed.class);
			assertThat(run.started().streaming()).isTrue();
			assertThat(events.all()).allSatisfy((event) -> assertThat(event.runId()).isEqualTo(run.run().id()));
		});
	}

	@Test
	void whenStreamFailsThenCallAndRunFail() {
		this.stub.script(Answer.error(400, "no"));
		LangChain4jFixture.runner(this.stub).run((context) -> {
			assertThatException().isThrownBy(() -> stream(context).get(30, TimeUnit.SECONDS));
			assertThat(ended(context).names()).containsExactly("agent.run.started", "model.call.started",
					"model.call.failed", "agent.run.failed");
		});
	}

	@Test
	void whenStreamEndsWithoutReasonThenCallSaysSo() {
		this.stub.script(Answer.text("one two").usage(null).ending(Ending.CUT));
		LangChain4jFixture.runner(this.stub).run((context) -> {
			stream(context).exceptionally((error) -> "").get(30, TimeUnit.SECONDS);
			AgentEvents events = ended(context);
			assertThat(events.payloads(ModelCall.class)).hasSize(2);
			for (ModelCall.Completed call : events.payloads(ModelCall.Completed.class)) {
				assertThat(call.finishReasons()).isEmpty();
				assertThat(call.tokensProblem()).isEqualTo("not reported");
			}
		});
	}

	@Test
	void whenStreamTimesOutThenCallAndRunFail() throws IOException {
		try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			LangChain4jFixture.runner(this.stub).run((context) -> {
				CompletableFuture<String> answer = new CompletableFuture<>();
				Assistant assistant = AiServices.create(Assistant.class,
						OpenAiStreamingChatModel.builder()
							.baseUrl("http://127.0.0.1:" + silent.getLocalPort() + "/v1")
							.apiKey("none")
							.modelName("gpt-4o-mini")
							.timeout(Duration.ofMillis(200))
							.build());
				assistant.stream("hello").onPartialResponse((text) -> {
				}).onCompleteResponse((response) -> answer.complete("")).onError(answer::completeExceptionally).start();
				assertThatException().isThrownBy(() -> answer.get(30, TimeUnit.SECONDS));
				assertThat(ended(context).names()).containsExactly("agent.run.started", "model.call.started",
						"model.call.failed", "agent.run.failed");
			});
		}
	}

	@Test
	void whenModelsOfTwoVendorsAnswerThenEachCallHasItsOwn() {
		this.stub.toolThenText("weather", "{\"city\":\"Oslo\"}");
		LangChain4jFixture.runner(this.stub).run((context) -> {
			Assistant other = AiServices.create(Assistant.class, new ChatModel() {

				@Override
				public ChatResponse doChat(ChatRequest request) {
					return ChatResponse.builder().aiMessage(AiMessage.from("hi")).build();
				}

				@Override
				public ModelProvider provider() {
					return ModelProvider.ANTHROPIC;
				}

			});
			context.getBean(Tools.class).inside.set(() -> other.chat("inner"));
			assertThat(context.getBean(Assistant.class).chat("hello")).isEqualTo("done");
			AgentEvents events = context.getBean(AgentEvents.class);
			assertThat(events.payloads(ModelCall.Completed.class)).extracting(ModelCall.Completed::provider)
				.containsExactly("openai", "anthropic", "openai");
			assertThat(events.payloads(AgentRun.Completed.class)).extracting((run) -> run.totals().modelCalls())
				.containsExactly(1, 2);
		});
	}

	@Test
	void whenStreamIgnoresErrorsThenItsRunFailsAllTheSame() {
		this.stub.script(Answer.error(400, "no"));
		LangChain4jFixture.runner(this.stub).run((context) -> {
			context.getBean(Assistant.class).stream("hello").onPartialResponse((text) -> {
			}).ignoreErrors().start();
			assertThat(ended(context).payloads(AgentRun.Failed.class)).hasSize(1);
		});
	}

	@Test
	void whenStreamIsNeverStartedThenItsRunIsReportedAndForgotten() {
		LangChain4jFixture.runner(this.stub).run((context) -> {
			AiServiceRuns runs = context.getBean(LangChain4jTelemetry.class).runs();
			for (int i = 0; i < 100; i++) {
				context.getBean(Assistant.class).stream("hello");
			}
			await().atMost(Duration.ofSeconds(30)).until(() -> {
				System.gc();
				return runs.size() == 0 && context.getBean(TelemetryRouter.class).spanSnapshot().dangling() == 100;
			});
		});
	}

	@Test
	void whenAdapterFailsThenApplicationIsAnswered() {
		this.stub.toolThenText("weather", "{\"city\":\"Oslo\"}");
		LangChain4jFixture.runner(this.stub).withBean(AgentTelemetry.class, () -> new AgentTelemetry(() -> {
			throw new StackOverflowError();
		}, false)).run((context) -> {
			assertThat(context.getBean(Assistant.class).chat("hello")).isEqualTo("done");
			assertThat(context.getBean(AgentTelemetry.class).failures()).isPositive();
		});
	}

	@Test
	void whenHooksOfApplicationAreSetThenTheyRunToo() {
		this.stub.toolThenText("weather", "{\"city\":\"Atlantis\"}");
		LangChain4jFixture.runner(this.stub).run((context) -> {
			StringBuilder told = new StringBuilder();
			Assistant assistant = AiServices.builder(Assistant.class)
				.chatModel(LangChain4jFixture.model(this.stub).build())
				.tools(context.getBean(Tools.class))
				.beforeToolExecution((before) -> told.append("before "))
				.afterToolExecution((after) -> told.append("after "))
				.toolExecutionErrorHandler((error, call) -> {
					told.append("error ");
					return dev.langchain4j.service.tool.ToolErrorHandlerResult.text("sorry");
				})
				.build();
			assertThat(assistant.chat("hello")).isEqualTo("done");
			assertThat(told).hasToString("before error after ");
			assertThat(context.getBean(AgentEvents.class).payloads(ToolCall.Failed.class)).hasSize(1);
		});
	}

	@Test
	void whenAdapterIsSwitchedOffThenThereAreNoEvents() {
		this.stub.toolThenText("weather", "{\"city\":\"Oslo\"}");
		LangChain4jFixture.runner(this.stub)
			.withPropertyValues("telemetry-router.agent.langchain4j.enabled=false")
			.run((context) -> {
				assertThat(context).doesNotHaveBean(LangChain4jTelemetry.class);
				assertThat(context.getBean(Assistant.class).chat("hello")).isEqualTo("done");
				assertThat(context.getBean(AgentEvents.class).all()).isEmpty();
			});
	}

	@Test
	void whenLangChain4jIsAbsentThenNothingOfItIsThere() {
		LangChain4jFixture.routerRunner()
			.withClassLoader(new FilteredClassLoader("dev.langchain4j"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasBean("telemetryEmitter")
				.doesNotHaveBean("telemetryRouterLangChain4jTelemetry"));
	}

	@Test
	void whenContextHasClosedThenServicesAreLeftAlone() {
		LangChain4jFixture.runner(this.stub).run((context) -> {
			// Starts and stops
		});
		this.stub.script(Answer.text("hi"));
		Assistant assistant = AiServices.builder(Assistant.class)
			.chatModel(LangChain4jFixture.model(this.stub).build())
			.build();
		assertThat(assistant.chat("hello")).isEqualTo("hi");
	}

	@Test
	void whenTwoContextsRunThenEachHasItsOwnEvents() {
		this.stub.answer((request) -> Answer.text("hi"));
		LangChain4jFixture.runner(this.stub).run((first) -> LangChain4jFixture.runner(this.stub).run((second) -> {
			first.getBean(Assistant.class).chat("hello");
			second.getBean(Assistant.class).chat("hello");
			assertThat(first.getBean(AgentEvents.class).payloads(ModelCall.Completed.class)).hasSize(1);
			assertThat(first.getBean(AgentEvents.class).payloads(AgentRun.Completed.class)).hasSize(1);
			assertThat(second.getBean(AgentEvents.class).payloads(AgentRun.Completed.class)).hasSize(1);
		}));
	}

	private static CompletableFuture<String> stream(ApplicationContext context) {
		CompletableFuture<String> answer = new CompletableFuture<>();
		TokenStream stream = context.getBean(Assistant.class).stream("hello");
		stream.onPartialResponse((text) -> {
		})
			.onCompleteResponse((response) -> answer.complete(response.aiMessage().text()))
			.onError(answer::completeExceptionally)
			.start();
		return answer;
	}

	private static AgentEvents ended(ApplicationContext context) {
		AgentEvents events = context.getBean(AgentEvents.class);
		await().atMost(Duration.ofSeconds(30)).until(() -> events.payloads(AgentRun.class).size() == 2);
		return events;
	}

}
