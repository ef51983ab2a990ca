package io.telemetryrouter.spring.langchain4j;

import java.util.List;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.service.AiServices;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.ApplicationContext;

import io.telemetryrouter.agent.AgentRun;
import io.telemetryrouter.agent.ModelCall;
import io.telemetryrouter.spring.langchain4j.LangChain4jFixture.Assistant;
import io.telemetryrouter.spring.test.AgentEvents;
import io.telemetryrouter.spring.test.OpenAiStub;
import io.telemetryrouter.spring.test.OpenAiStub.Answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for AI services whose model calls another model several times for one request, as
 * a retry or a fallback does.
 */
class LangChain4jRetryTests {

	private final OpenAiStub stub = new OpenAiStub();

	@AfterEach
	void close() {
		this.stub.close();
	}

	@Test
	void whenModelIsCalledAgainAfterFailureThenEachAttemptIsACallAndTokensAreSummed() {
		this.stub.script(Answer.error(500, "busy"), Answer.text("done"));
		LangChain4jFixture.runner(this.stub).run((context) -> {
			assertThat(retrying(context).chat("hello")).isEqualTo("done");
			AgentEvents events = context.getBean(AgentEvents.class);
			assertThat(events.names()).containsExactly("agent.run.started", "model.call.started", "model.call.failed",
					"model.call.started", "model.call.completed", "agent.run.completed");
			assertThat(events.single(ModelCall.Completed.class).started().turn()).isEqualTo(2);
			AgentRun.Totals totals = events.single(AgentRun.Completed.class).totals();
			assertThat(totals.modelCalls()).isEqualTo(2);
			assertThat(totals.tokens().input()).isEqualTo(11);
			assertThat(events.all()).allSatisfy(
					(event) -> assertThat(event.runId()).isEqualTo(events.single(AgentRun.Completed.class).run().id()));
		});
	}

	@Test
	void whenSameMessagesAreSentAfterTheServiceHasAnsweredThenTheyAreACallOfTheirOwn() {
		this.stub.answer((request) -> Answer.text("done"));
		LangChain4jFixture.runner(this.stub).run((context) -> {
			Recording model = new Recording(context.getBean("chatModel", OpenAiChatModel.class));
			service(model).chat("hello");
			model.chat(model.last);
			AgentEvents events = context.getBean(AgentEvents.class);
			List<ModelCall.Completed> calls = events.payloads(ModelCall.Completed.class);
			assertThat(calls).hasSize(2);
			assertThat(calls.get(1).run().id()).isNotEqualTo(calls.get(0).run().id());
		});
	}

	@Test
	void whenSameMessagesAreSentAfterTheServiceHasFailedThenTheyAreACallOfTheirOwn() {
		this.stub.script(Answer.error(500, "busy"), Answer.text("done"));
		LangChain4jFixture.runner(this.stub).run((context) -> {
			Recording model = new Recording(context.getBean("chatModel", OpenAiChatModel.class));
			assertThatException().isThrownBy(() -> service(model).chat("hello"));
			model.chat(model.last);
			AgentEvents events = context.getBean(AgentEvents.class);
			assertThat(events.single(ModelCall.Completed.class).run().id())
				.isNotEqualTo(events.single(ModelCall.Failed.class).run().id());
		});
	}

	private static Assistant retrying(ApplicationContext context) {
		ChatModel model = context.getBean("chatModel", ChatModel.class);
		return service(new ChatModel() {

			@Override
			public ChatResponse chat(ChatRequest request) {
				try {
					return model.chat(request);
				}
				catch (RuntimeException ex) {
					return model.chat(request);
				}
			}

		});
	}

	private static Assistant service(ChatModel model) {
		return AiServices.create(Assistant.class, model);
	}

	/** Keeps the last request. */
	private static final class Recording implements ChatModel {

		private final ChatModel model;

		private ChatRequest last;

		Recording(ChatModel model) {
			this.model = model;
		}

		@Override
		public ChatResponse chat(ChatRequest request) {
			this.last = request;
			return this.model.chat(request);
		}

	}

}
