package io.telemetryrouter.spring.ai;

import java.util.List;
import java.util.function.Predicate;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.client.observation.ChatClientObservationContext;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.observation.ChatModelObservationContext;
import org.springframework.ai.chat.observation.ChatModelObservationDocumentation;
import org.springframework.ai.chat.observation.DefaultChatModelObservationConvention;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.tool.observation.ToolCallingObservationContext;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.context.ApplicationContext;

import io.telemetryrouter.RunContext;
import io.telemetryrouter.agent.AgentRun;
import io.telemetryrouter.agent.ModelCall;
import io.telemetryrouter.agent.Run;
import io.telemetryrouter.spring.agent.AgentTelemetry;
import io.telemetryrouter.spring.ai.SpringAiFixture.Tools;
import io.telemetryrouter.spring.autoconfigure.metrics.TelemetryRouterMetricsAutoConfiguration;
import io.telemetryrouter.spring.test.AgentEvents;
import io.telemetryrouter.spring.test.OpenAiStub;
import io.telemetryrouter.spring.test.OpenAiStub.Answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests the adapter to Spring AI in applications with unusual or failing components.
 */
class SpringAiHostileTests {

	private final OpenAiStub stub = new OpenAiStub();

	@AfterEach
	void close() {
		this.stub.close();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenAnotherHandlerOfClientThrowsThenNothingIsLeftOnTheThread(boolean atStart) {
		this.stub.answer((request) -> Answer.text("hi"));
		SpringAiFixture.runner(this.stub).run((context) -> {
			Failing failing = new Failing(atStart, ChatClientObservationContext.class::isInstance);
			context.getBean(ObservationRegistry.class).observationConfig().observationHandler(failing);
			assertThatException().isThrownBy(() -> call(context)).withMessage("expected");
			assertThat(RunContext.current()).isNull();
			failing.active = false;
			assertThat(call(context)).isEqualTo("hi");
			assertThat(context.getBean(AgentEvents.class).payloads(AgentRun.Started.class))
				.extracting((started) -> started.run().parentId())
				.containsOnlyNulls();
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenAnotherHandlerOfToolsThrowsThenNothingIsLeftOnTheThread(boolean atStart) {
		this.stub.toolThenText("weather", "{\"city\":\"Oslo\"}");
		SpringAiFixture.runner(this.stub).run((context) -> {
			Failing failing = new Failing(atStart, ToolCallingObservationContext.class::isInstance);
			context.getBean(ObservationRegistry.class).observationConfig().observationHandler(failing);
			assertThatException().isThrownBy(() -> call(context));
			assertThat(RunContext.current()).isNull();
		});
	}

	@Test
	void whenModelsOfTwoVendorsAnswerThenEachCallHasItsOwn() {
		this.stub.toolThenText("weather", "{\"city\":\"Oslo\"}");
		SpringAiFixture.runner(this.stub).run((context) -> {
			ObservationRegistry registry = context.getBean(ObservationRegistry.class);
			ChatClient other = ChatClient.create((ChatModel) (prompt) -> answer(prompt, registry), registry);
			Tools tools = new Tools();
			tools.inside.set(() -> other.prompt("inner").call().content());
			assertThat(context.getBean(ChatClient.class).prompt("hello").tools(tools).call().content())
				.isEqualTo("done");
			AgentEvents events = context.getBean(AgentEvents.class);
			assertThat(events.payloads(ModelCall.Completed.class)).extracting(ModelCall.Completed::provider)
				.containsExactly("openai", "anthropic", "openai");
			Run inner = events.payloads(AgentRun.Completed.class).get(0).run();
			Run outer = events.payloads(AgentRun.Completed.class).get(1).run();
			assertThat(inner.parentId()).isEqualTo(outer.id());
			assertThat(events.payloads(AgentRun.Completed.class)).extracting((run) -> run.totals().modelCalls())
				.containsExactly(1, 2);
		});
	}

	private static ChatResponse answer(Prompt prompt, ObservationRegistry registry) {
		ChatModelObservationContext context = ChatModelObservationContext.builder()
			.prompt(prompt)
			.provider("anthropic")
			.build();
		return ChatModelObservationDocumentation.CHAT_MODEL_OPERATION
			.observation(null, new DefaultChatModelObservationConvention(), () -> context, registry)
			.observe(() -> {
				ChatResponse response = new ChatResponse(List.of(new Generation(new AssistantMessage("hi"))));
				context.setResponse(response);
				return response;
			});
	}

	@Test
	void whenAnswerCannotBeReadThenItsCallEndsAndSaysSo() {
		SpringAiFixture.runner(this.stub).run((context) -> {
			ChatModelObservationContext observed = ChatModelObservationContext.builder()
				.prompt(new Prompt("hello"))
				.provider("stub")
				.build();
			Observation observation = Observation.start("chat", () -> observed,
					context.getBean(ObservationRegistry.class));
			observed.setResponse(new ChatResponse(List.of()) {

				@Override
				public List<Generation> getResults() {
					throw new UnsupportedOperationException("not yet");
				}

			});
			observation.stop();
			AgentEvents events = context.getBean(AgentEvents.class);
			assertThat(events.names()).containsExactly("model.call.started", "model.call.failed");
			assertThat(events.single(ModelCall.Failed.class).failure().type())
				.isEqualTo("java.lang.UnsupportedOperationException");
			assertThat(context.getBean(AgentTelemetry.class).failures("spring-ai")).isEqualTo(1);
		});
	}

	@Test
	void whenMetersAreAbsentThenEventsAreThereAllTheSame() {
		this.stub.toolThenText("weather", "{\"city\":\"Oslo\"}");
		SpringAiFixture.runner(this.stub)
			.withConfiguration(AutoConfigurations.of(TelemetryRouterMetricsAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader(MeterRegistry.class))
			.run((context) -> {
				assertThat(call(context)).isEqualTo("done");
				assertThat(context.getBean(AgentEvents.class).names()).hasSize(8);
			});
	}

	private static String call(ApplicationContext context) {
		return context.getBean(ChatClient.class).prompt("hello").tools(new Tools()).call().content();
	}

	/**
	 * A handler of the application. It is started after the router's and stopped before
	 * it.
	 */
	private static final class Failing implements ObservationHandler<Observation.Context> {

		private final boolean atStart;

		private final Predicate<Observation.Context> kind;

		private boolean active = true;

		Failing(boolean atStart, Predicate<Observation.Context> kind) {
			this.atStart = atStart;
			this.kind = kind;
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return this.kind.test(context);
		}

		@Override
		public void onStart(Observation.Context context) {
			fail(this.atStart);
		}

		@Override
		public void onStop(Observation.Context context) {
			fail(!this.atStart);
		}

		private void fail(boolean here) {
			if (here && this.active) {
				throw new IllegalStateException("expected");
			}
		}

	}

}
