package io.telemetryrouter.spring.langchain4j;

import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.memory.chat.MessageWindowChatMemory;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.service.AiServices;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.telemetryrouter.RunContext;
import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.agent.AgentRun;
import io.telemetryrouter.agent.ModelCall;
import io.telemetryrouter.agent.Run;
import io.telemetryrouter.agent.Tokens;
import io.telemetryrouter.agent.ToolCall;
import io.telemetryrouter.spring.agent.AgentTelemetry;
import io.telemetryrouter.spring.langchain4j.LangChain4jFixture.Assistant;
import io.telemetryrouter.spring.langchain4j.LangChain4jFixture.Rememberer;
import io.telemetryrouter.spring.langchain4j.LangChain4jFixture.Tools;
import io.telemetryrouter.spring.test.AgentEvents;
import io.telemetryrouter.spring.test.OpenAiStub;
import io.telemetryrouter.spring.test.OpenAiStub.Answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for the events of AI services that run on the calling thread.
 */
class LangChain4jRunTests {

	private static final String[] ALL = { "agent.run.started", "model.call.started", "model.call.completed",
			"tool.call.started", "tool.call.completed", "model.call.started", "model.call.completed",
			"agent.run.completed" };

	private static final String SECRET = "4111-1111";

	private final OpenAiStub stub = new OpenAiStub();

	@AfterEach
	void close() {
		this.stub.close();
	}

	@Test
	void whenAiServiceCallsToolThenRunTurnsAndToolAreTold() {
		this.stub.toolThenText("weather", "{\"city\":\"Oslo\"}");
		LangChain4jFixture.runner(this.stub).run((context) -> {
			assertThat(context.getBean(Assistant.class).chat("hello")).isEqualTo("done");
			AgentEvents events = context.getBean(AgentEvents.class);
			assertThat(events.names()).containsExactly(ALL);
			AgentRun.Completed run = events.single(AgentRun.Completed.class);
			assertThat(run.run().agentName()).isEqualTo("Assistant.chat");
			assertThat(run.run().framework()).isEqualTo("langchain4j");
			assertThat(run.run().conversationId()).isNull();
			assertThat(run.started().streaming()).isFalse();
			assertThat(run.totals()).isEqualTo(new AgentRun.Totals(2, 1, new Tokens(22, 14, 8L, null, 4L)));
			assertThat(events.all()).extracting(TelemetryEvent::runId).containsOnly(run.run().id());
			ModelCall.Completed first = events.payloads(ModelCall.Completed.class).get(0);
			assertThat(first.provider()).isEqualTo("openai");
			assertThat(first.requestModel()).isEqualTo("gpt-4o-mini");
			assertThat(first.responseModel()).isEqualTo("gpt-4o-mini-2024-07-18");
			assertThat(first.finishReasons()).containsExactly("tool_calls");
			assertThat(first.toolCallsRequested()).isEqualTo(1);
			assertThat(first.started().tools()).containsExactly("weather");
			ToolCall.Completed tool = events.single(ToolCall.Completed.class);
			assertThat(tool.started().callId()).isEqualTo("call_1");
			assertThat(tool.resultLength()).isEqualTo("sunny in Oslo".length());
			assertThat(tool.duration()).isPositive();
			assertThat(RunContext.current()).isNull();
		});
	}

	@Test
	void whenModelHasNoListenerThenItsCallsAreToldAllTheSame() {
		this.stub.toolThenText("weather", "{\"city\":\"Oslo\"}");
		LangChain4jFixture.runner(this.stub).run((context) -> {
			Assistant assistant = AiServices.builder(Assistant.class)
				.chatModel(LangChain4jFixture.model(this.stub).build())
				.tools(context.getBean(Tools.class))
				.build();
			assertThat(assistant.chat("hello")).isEqualTo("done");
			AgentEvents events = context.getBean(AgentEvents.class);
			assertThat(events.names()).containsExactly(ALL);
			assertThat(events.single(AgentRun.Completed.class).totals().tokens().total()).isEqualTo(36);
		});
	}

	@Test
	void whenModelWithoutListenerFailsThenItsCallFailsToo() {
		this.stub.script(Answer.error(400, SECRET));
		LangChain4jFixture.runner(this.stub).run((context) -> {
			Assistant assistant = AiServices.builder(Assistant.class)
				.chatModel(LangChain4jFixture.model(this.stub).build())
				.build();
			assertThatException().isThrownBy(() -> assistant.chat("hello"));
			assertThat(context.getBean(AgentEvents.class).names()).containsExactly("agent.run.started",
					"model.call.started", "model.call.failed", "agent.run.failed");
		});
	}

	@Test
	void whenModelFailsThenCallAndRunFail() {
		this.stub.script(Answer.error(400, SECRET));
		LangChain4jFixture.runner(this.stub).run((context) -> {
			assertThatException().isThrownBy(() -> context.getBean(Assistant.class).chat(SECRET));
			AgentEvents events = context.getBean(AgentEvents.class);
			assertThat(events.names()).containsExactly("agent.run.started", "model.call.started", "model.call.failed",
					"agent.run.failed");
			assertThat(events.single(AgentRun.Failed.class).failure().type()).contains("langchain4j");
			assertThat(events.payloads(Object.class).toString()).doesNotContain(SECRET);
		});
	}

	@Test
	void whenToolThrowsThenItsCallFailsAndTheRunGoesOn() {
		this.stub.toolThenText("weather", "{\"city\":\"Atlantis\"}");
		LangChain4jFixture.runner(this.stub).run((context) -> {
			assertThat(context.getBean(Assistant.class).chat("hello")).isEqualTo("done");
			ToolCall.Failed failed = context.getBean(AgentEvents.class).single(ToolCall.Failed.class);
			assertThat(failed.failure().type()).isEqualTo("java.lang.IllegalStateException");
			assertThat(failed.failure().message()).isNull();
		});
	}

	@Test
	void whenToolIsUnknownThenItsCallEndsWithTheRunAndNothingIsLeftOnTheThread() {
		this.stub.script(Answer.tool("nonsense", "{}"), Answer.text("hi"));
		LangChain4jFixture.runner(this.stub).run((context) -> {
			assertThatException().isThrownBy(() -> context.getBean(Assistant.class).chat("hello"));
			AgentEvents events = context.getBean(AgentEvents.class);
			assertThat(events.names()).containsExactly("agent.run.started", "model.call.started",
					"model.call.completed", "tool.call.started", "tool.call.failed", "agent.run.failed");
			assertThat(RunContext.current()).isNull();
			context.getBean(Assistant.class).chat("again");
			assertThat(events.single(AgentRun.Completed.class).run().parentId()).isNull();
		});
	}

	@Test
	void whenModelNamesNeitherItselfNorTheResponseThenCallHasNoNames() {
		ChatModel model = new ChatModel() {

			@Override
			public ChatResponse doChat(ChatRequest request) {
				return ChatResponse.builder().aiMessage(AiMessage.from("done")).modelName("").id("").build();
			}

		};
		LangChain4jFixture.runner(this.stub).run((context) -> {
			AiServices.create(Assistant.class, model).chat("hello");
			ModelCall.Completed call = context.getBean(AgentEvents.class).single(ModelCall.Completed.class);
			assertThat(call.responseModel()).isNull();
			assertThat(call.responseId()).isNull();
		});
	}

	@Test
	void whenToolReturnsAnImageThenItsCallCompletesWithoutLength() {
		ChatModel model = new ChatModel() {

			@Override
			public ChatResponse doChat(ChatRequest request) {
				AiMessage message = (request.messages().size() > 1) ? AiMessage.from("nice") : AiMessage
					.from(ToolExecutionRequest.builder().id("1").name("picture").arguments("{}").build());
				return ChatResponse.builder().aiMessage(message).build();
			}

		};
		LangChain4jFixture.runner(this.stub).run((context) -> {
			Assistant assistant = AiServices.builder(Assistant.class).chatModel(model).tools(new Camera()).build();
			assertThat(assistant.chat("hello")).isEqualTo("nice");
			ToolCall.Completed call = context.getBean(AgentEvents.class).single(ToolCall.Completed.class);
			assertThat(call.resultLength()).isNull();
			assertThat(context.getBean(AgentTelemetry.class).failures()).isZero();
		});
	}

	@Test
	void whenToolArgumentsAreMalformedThenItsCallFails() {
		this.stub.toolThenText("weather", "{\"city\":");
		LangChain4jFixture.runner(this.stub).run((context) -> {
			assertThatException().isThrownBy(() -> context.getBean(Assistant.class).chat("hello"));
			AgentEvents events = context.getBean(AgentEvents.class);
			assertThat(events.payloads(ToolCall.Failed.class)).hasSize(1);
			assertThat(events.payloads(AgentRun.Failed.class)).hasSize(1);
		});
	}

	@Test
	void whenToolCallsAiServiceThenItsRunIsNested() {
		this.stub.script(Answer.tool("weather", "{\"city\":\"Oslo\"}"), Answer.text("inner"), Answer.text("done"));
		LangChain4jFixture.runner(this.stub).run((context) -> {
			context.getBean(Tools.class).inside.set(() -> context.getBean(Assistant.class).chat("inner"));
			context.getBean(Assistant.class).chat("outer");
			AgentEvents events = context.getBean(AgentEvents.class);
			Run outer = events.payloads(AgentRun.Started.class).get(0).run();
			Run inner = events.payloads(AgentRun.Started.class).get(1).run();
			assertThat(inner.parentId()).isEqualTo(outer.id());
			assertThat(inner.rootId()).isEqualTo(outer.id());
			assertThat(events.payloads(ModelCall.Completed.class)).extracting((call) -> call.run().id())
				.containsExactly(outer.id(), inner.id(), outer.id());
		});
	}

	@Test
	void whenServiceRemembersThenRunHasConversation() {
		this.stub.script(Answer.text("hi"));
		LangChain4jFixture.runner(this.stub).run((context) -> {
			Rememberer service = AiServices.builder(Rememberer.class)
				.chatModel(context.getBean(ChatModel.class))
				.chatMemoryProvider((id) -> MessageWindowChatMemory.withMaxMessages(10))
				.build();
			service.chat("c7", "hello");
			assertThat(context.getBean(AgentEvents.class).single(AgentRun.Completed.class).run().conversationId())
				.isEqualTo("c7");
		});
	}

	@Test
	void whenContentIsCapturedThenEventsHaveItAndPrintItsLength() {
		this.stub.toolThenText("weather", "{\"city\":\"" + SECRET + "\"}");
		LangChain4jFixture.runner(this.stub)
			.withPropertyValues("telemetry-router.agent.capture-content=true")
			.run((context) -> {
				context.getBean(Assistant.class).chat("hello");
				AgentEvents events = context.getBean(AgentEvents.class);
				assertThat(events.single(ToolCall.Completed.class).result().text()).isEqualTo("sunny in " + SECRET);
				assertThat(events.payloads(Object.class).toString()).doesNotContain(SECRET);
			});
	}

	@Test
	void whenModelIsCalledDirectlyThenItsCallHasARunWithoutEvents() {
		this.stub.script(Answer.text("hi"));
		LangChain4jFixture.runner(this.stub).run((context) -> {
			context.getBean(ChatModel.class).chat("hello");
			assertThat(context.getBean(AgentEvents.class).names()).containsExactly("model.call.started",
					"model.call.completed");
		});
	}

	@Test
	void whenUsageIsMissingOrAbsurdThenCallSaysSoAndNothingIsSummed() {
		this.stub.script(Answer.text("a").usage(null),
				Answer.text("b").usage("{\"prompt_tokens\":-5,\"completion_tokens\":7,\"total_tokens\":2}"));
		LangChain4jFixture.runner(this.stub).run((context) -> {
			context.getBean(Assistant.class).chat("1");
			context.getBean(Assistant.class).chat("2");
			AgentEvents events = context.getBean(AgentEvents.class);
			assertThat(events.payloads(ModelCall.Completed.class)).extracting(ModelCall.Completed::tokensProblem)
				.containsExactly("not reported", "input -5, output 7");
			assertThat(events.payloads(AgentRun.Completed.class))
				.allSatisfy((run) -> assertThat(run.totals().tokens()).isEqualTo(Tokens.NONE));
		});
	}

	static class Camera {

		@Tool(name = "picture")
		ImageContent picture() {
			return ImageContent.from("aGVsbG8=", "image/png");
		}

	}

}
