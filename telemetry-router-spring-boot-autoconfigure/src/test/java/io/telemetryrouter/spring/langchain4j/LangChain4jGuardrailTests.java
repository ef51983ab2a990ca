package io.telemetryrouter.spring.langchain4j;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.guardrail.OutputGuardrail;
import dev.langchain4j.guardrail.OutputGuardrailResult;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.service.AiServices;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.ApplicationContext;

import io.telemetryrouter.agent.AgentRun;
import io.telemetryrouter.agent.Guardrail;
import io.telemetryrouter.agent.ModelCall;
import io.telemetryrouter.agent.ToolCall;
import io.telemetryrouter.spring.langchain4j.LangChain4jFixture.Assistant;
import io.telemetryrouter.spring.langchain4j.LangChain4jFixture.Tools;
import io.telemetryrouter.spring.test.AgentEvents;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for AI services whose guardrail asks the model again.
 */
class LangChain4jGuardrailTests {

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenGuardrailAsksAgainThenEachAnswerIsACall(boolean observed) {
		LangChain4jFixture.routerRunner().withBean(AgentEvents.class).run((context) -> {
			AiServices.builder(Assistant.class)
				.chatModel(model(context, observed).answers(3).answers(10).chat())
				.outputGuardrails(new Picky())
				.build()
				.chat("hello");
			assertCompleted(context.getBean(AgentEvents.class), 2, 13);
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenModelAsksForToolAfterGuardrailAskedAgainThenEachAnswerIsACall(boolean observed) {
		LangChain4jFixture.routerRunner().withBean(AgentEvents.class).run((context) -> {
			AiMessage tool = AiMessage
				.from(ToolExecutionRequest.builder().id("1").name("weather").arguments("{\"city\":\"Oslo\"}").build());
			AiServices.builder(Assistant.class)
				.chatModel(model(context, observed).answers(3).answers(tool, 10).answers(100).chat())
				.tools(new Tools())
				.outputGuardrails(new Picky())
				.build()
				.chat("hello");
			AgentEvents events = context.getBean(AgentEvents.class);
			assertCompleted(events, 3, 113);
			assertThat(events.payloads(ToolCall.Completed.class)).hasSize(1);
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenGuardrailOfStreamAsksAgainThenEachAnswerIsACall(boolean observed) {
		LangChain4jFixture.routerRunner().withBean(AgentEvents.class).run((context) -> {
			CompletableFuture<String> answer = new CompletableFuture<>();
			AiServices.builder(Assistant.class)
				.streamingChatModel(model(context, observed).answers(3).answers(10).streaming())
				.outputGuardrails(new Picky())
				.build()
				.stream("hello")
				.onPartialResponse((text) -> {
				})
				.onCompleteResponse((response) -> answer.complete(response.aiMessage().text()))
				.onError(answer::completeExceptionally)
				.start();
			assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo("answer");
			assertCompleted(context.getBean(AgentEvents.class), 2, 13);
		});
	}

	private static void assertCompleted(AgentEvents events, int modelCalls, long tokens) {
		assertThat(events.payloads(ModelCall.Completed.class)).hasSize(modelCalls);
		assertThat(events.payloads(ModelCall.class)).hasSize(2 * modelCalls);
		assertThat(events.payloads(Guardrail.Completed.class)).extracting(Guardrail.Completed::passed)
			.containsExactly(false, true);
		AgentRun.Totals totals = events.single(AgentRun.Completed.class).totals();
		assertThat(totals.modelCalls()).isEqualTo(modelCalls);
		assertThat(totals.tokens().input()).isEqualTo(tokens);
	}

	private static FakeModel model(ApplicationContext context, boolean observed) {
		return observed ? FakeModel.observed(context.getBeanProvider(ChatModelListener.class)) : FakeModel.unobserved();
	}

	/** Rejects the first answer. */
	private static final class Picky implements OutputGuardrail {

		private final AtomicInteger answers = new AtomicInteger();

		@Override
		public OutputGuardrailResult validate(AiMessage answer) {
			return (this.answers.incrementAndGet() == 1) ? reprompt("no", "again") : success();
		}

	}

}
