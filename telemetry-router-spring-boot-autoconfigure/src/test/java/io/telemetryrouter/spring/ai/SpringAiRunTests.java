package io.telemetryrouter.spring.ai;

import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.memory.ChatMemory;

import org.springframework.context.ApplicationContext;

import io.telemetryrouter.RunContext;
import io.telemetryrouter.RunScope;
import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.agent.AgentRun;
import io.telemetryrouter.agent.ModelCall;
import io.telemetryrouter.agent.Run;
import io.telemetryrouter.agent.Tokens;
import io.telemetryrouter.agent.ToolCall;
import io.telemetryrouter.spring.ai.SpringAiFixture.Tools;
import io.telemetryrouter.spring.test.AgentEvents;
import io.telemetryrouter.spring.test.OpenAiStub;
import io.telemetryrouter.spring.test.OpenAiStub.Answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for the events of agents that Spring AI runs on the calling thread.
 */
class SpringAiRunTests {

	private static final String SECRET = "4111-1111";

	private final OpenAiStub stub = new OpenAiStub();

	private final Tools tools = new Tools();

	@AfterEach
	void close() {
		this.stub.close();
	}

	@Test
	void whenChatClientCallsToolThenRunTurnsAndToolAreTold() {
		this.stub.toolThenText("weather", "{\"city\":\"Oslo\"}");
		SpringAiFixture.runner(this.stub).run((context) -> {
			AgentEvents events = context.getBean(AgentEvents.class);
			assertThat(call(context, "hello")).isEqualTo("done");
			assertThat(events.names()).containsExactly("agent.run.started", "model.call.started",
					"model.call.completed", "tool.call.started", "tool.call.completed", "model.call.started",
					"model.call.completed", "agent.run.completed");
			AgentRun.Completed completed = events.single(AgentRun.Completed.class);
			assertThat(completed.totals()).isEqualTo(new AgentRun.Totals(2, 1, new Tokens(22, 14, 8L, null, null)));
			assertThat(events.all()).extracting(TelemetryEvent::runId).containsOnly(completed.run().id());
			assertThat(events.all()).extracting(TelemetryEvent::runSequence)
				.containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
		});
	}

	@Test
	void whenModelAnswersThenCallSaysAllThatSpringAiKnows() {
		this.stub.toolThenText("weather", "{\"city\":\"Oslo\"}");
		SpringAiFixture.runner(this.stub).run((context) -> {
			call(context, "hello");
			ModelCall.Completed first = context.getBean(AgentEvents.class).payloads(ModelCall.Completed.class).get(0);
			ModelCall.Started started = first.started();
			assertThat(started.turn()).isEqualTo(1);
			assertThat(started.operation()).isEqualTo("chat");
			assertThat(started.provider()).isEqualTo("openai");
			assertThat(started.requestModel()).isEqualTo("gpt-4o-mini");
			assertThat(started.tools()).containsExactly("weather");
			assertThat(started.messages()).isEqualTo(1);
			assertThat(started.streaming()).isFalse();
			assertThat(first.responseModel()).isEqualTo("gpt-4o-mini-2024-07-18");
			assertThat(first.responseId()).isEqualTo("chatcmpl-1");
			assertThat(first.finishReasons()).containsExactly("tool_calls");
			assertThat(first.toolCallsRequested()).isEqualTo(1);
			assertThat(first.tokens()).isEqualTo(new Tokens(11, 7, 4L, null, null));
			assertThat(first.tokensProblem()).isNull();
			assertThat(first.duration()).isPositive();
			ToolCall.Completed tool = context.getBean(AgentEvents.class).single(ToolCall.Completed.class);
			assertThat(tool.tool()).isEqualTo("weather");
			assertThat(tool.started().callId()).isEqualTo("call_1");
			assertThat(tool.started().type()).isEqualTo("function");
			assertThat(tool.resultLength()).isEqualTo("\"sunny in Oslo\"".length());
			assertThat(tool.duration()).isPositive();
		});
	}

	@Test
	void whenToolThrowsThenItsCallFailsAndTheRunGoesOn() {
		this.stub.toolThenText("weather", "{\"city\":\"Atlantis\"}");
		SpringAiFixture.runner(this.stub).run((context) -> {
			assertThat(call(context, "hello")).isEqualTo("done");
			AgentEvents events = context.getBean(AgentEvents.class);
			ToolCall.Failed failed = events.single(ToolCall.Failed.class);
			assertThat(failed.failure().type()).isEqualTo("java.lang.IllegalStateException");
			assertThat(failed.failure().message()).isNull();
			assertThat(events.payloads(AgentRun.Completed.class)).hasSize(1);
		});
	}

	@Test
	void whenToolArgumentsAreMalformedThenItsCallFails() {
		this.stub.toolThenText("weather", "{\"city\":");
		SpringAiFixture.runner(this.stub).run((context) -> {
			try {
				call(context, "hello");
			}
			catch (RuntimeException ex) {
				// Spring AI decides how
			}
			AgentEvents events = context.getBean(AgentEvents.class);
			assertThat(events.payloads(ToolCall.Failed.class)).hasSize(1);
			assertThat(events.payloads(AgentRun.class)).hasSize(2);
		});
	}

	@Test
	void whenModelFailsThenCallAndRunFail() {
		this.stub.script(Answer.error(400, "prompt was " + SECRET));
		SpringAiFixture.runner(this.stub).run((context) -> {
			assertThatException().isThrownBy(() -> call(context, SECRET));
			AgentEvents events = context.getBean(AgentEvents.class);
			assertThat(events.names()).containsExactly("agent.run.started", "model.call.started", "model.call.failed",
					"agent.run.failed");
			assertThat(events.single(ModelCall.Failed.class).failure().type()).contains("openai");
			assertThat(events.single(AgentRun.Failed.class).totals().modelCalls()).isEqualTo(1);
			assertThat(events.payloads(Object.class).toString()).doesNotContain(SECRET);
		});
	}

	@Test
	void whenContentIsNotCapturedThenNoEventHasAny() {
		this.stub.toolThenText("weather", "{\"city\":\"" + SECRET + "\"}");
		SpringAiFixture.runner(this.stub).run((context) -> {
			call(context, SECRET);
			AgentEvents events = context.getBean(AgentEvents.class);
			assertThat(events.payloads(Object.class).toString()).doesNotContain(SECRET).doesNotContain("Content[");
		});
	}

	@Test
	void whenContentIsCapturedThenEventsHaveItAndPrintItsLength() {
		this.stub.toolThenText("weather", "{\"city\":\"" + SECRET + "\"}");
		SpringAiFixture.runner(this.stub)
			.withPropertyValues("telemetry-router.agent.capture-content=true")
			.run((context) -> {
				call(context, SECRET);
				AgentEvents events = context.getBean(AgentEvents.class);
				ToolCall.Completed tool = events.single(ToolCall.Completed.class);
				assertThat(tool.started().arguments().text()).contains(SECRET);
				assertThat(tool.result().text()).contains(SECRET);
				assertThat(events.payloads(ModelCall.Started.class).get(0).prompt().text()).contains(SECRET);
				assertThat(events.payloads(ModelCall.Completed.class).get(1).answer().text()).isEqualTo("done");
				assertThat(events.payloads(Object.class).toString()).doesNotContain(SECRET).contains("Content[");
			});
	}

	@Test
	void whenToolRunsAnAgentThenItsRunIsNested() {
		SpringAiFixture.runner(this.stub).run((context) -> {
			this.stub.script(Answer.tool("weather", "{\"city\":\"Oslo\"}"), Answer.text("inner"), Answer.text("done"));
			this.tools.inside.set(() -> context.getBean(ChatClient.class).prompt("inner").call().content());
			call(context, "outer");
			AgentEvents events = context.getBean(AgentEvents.class);
			Run outer = events.payloads(AgentRun.Started.class).get(0).run();
			Run inner = events.payloads(AgentRun.Started.class).get(1).run();
			assertThat(inner.parentId()).isEqualTo(outer.id());
			assertThat(inner.rootId()).isEqualTo(outer.id());
			assertThat(events.payloads(ModelCall.Completed.class)).extracting((call) -> call.run().id())
				.containsExactly(outer.id(), inner.id(), outer.id());
			assertThat(events.payloads(AgentRun.Completed.class)).extracting((run) -> run.totals().modelCalls())
				.containsExactly(1, 2);
		});
	}

	@Test
	void whenApplicationEmitsInToolThenItsEventBelongsToTheRun() {
		this.stub.toolThenText("weather", "{\"city\":\"Oslo\"}");
		SpringAiFixture.runner(this.stub).run((context) -> {
			this.tools.inside.set(() -> context.getBean(TelemetryEmitter.class).emit("mine", "x"));
			call(context, "hello");
			AgentEvents events = context.getBean(AgentEvents.class);
			TelemetryEvent<?> mine = events.all()
				.stream()
				.filter((event) -> event.name().equals("mine"))
				.findAny()
				.get();
			assertThat(mine.runId()).isEqualTo(events.single(AgentRun.Completed.class).run().id());
			assertThat(RunContext.current()).isNull();
		});
	}

	@Test
	void whenApplicationHasOpenedRunThenThatOfTheClientIsNestedInIt() {
		this.stub.script(Answer.text("hi"));
		SpringAiFixture.runner(this.stub).run((context) -> {
			try (RunScope scope = context.getBean(TelemetryEmitter.class).openRun("mine")) {
				call(context, scope.runId());
			}
			Run run = context.getBean(AgentEvents.class).single(AgentRun.Completed.class).run();
			assertThat(run.parentId()).isEqualTo("mine");
			assertThat(run.rootId()).isEqualTo("mine");
		});
	}

	@Test
	void whenConversationIsKnownThenRunHasItsId() {
		this.stub.script(Answer.text("hi"));
		SpringAiFixture.runner(this.stub).run((context) -> {
			context.getBean(ChatClient.class)
				.prompt("hello")
				.advisors((advisors) -> advisors.param(ChatMemory.CONVERSATION_ID, "c7"))
				.call()
				.content();
			assertThat(context.getBean(AgentEvents.class).single(AgentRun.Completed.class).run().conversationId())
				.isEqualTo("c7");
		});
	}

	@Test
	void whenAdvisorsAreNotObservedThenCallsStillBelongToTheRun() {
		this.stub.toolThenText("weather", "{\"city\":\"Oslo\"}");
		SpringAiFixture.runner(this.stub)
			.withPropertyValues("management.observations.enable.spring.ai.advisor=false")
			.run((context) -> {
				call(context, "hello");
				AgentEvents events = context.getBean(AgentEvents.class);
				AgentRun.Completed run = events.single(AgentRun.Completed.class);
				assertThat(run.totals().modelCalls()).isEqualTo(2);
				assertThat(run.totals().toolCalls()).isEqualTo(1);
				assertThat(run.duration()).isLessThan(Duration.ofMinutes(1));
			});
	}

	private String call(ApplicationContext context, String prompt) {
		return context.getBean(ChatClient.class).prompt(prompt).tools(this.tools).call().content();
	}

}
