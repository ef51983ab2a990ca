package io.telemetryrouter.spring.ai;

import java.util.List;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.document.MetadataMode;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationContext;
import org.springframework.ai.openai.OpenAiEmbeddingModel;
import org.springframework.ai.openai.OpenAiEmbeddingOptions;
import org.springframework.ai.tool.execution.DefaultToolExecutionExceptionProcessor;
import org.springframework.ai.tool.execution.ToolExecutionExceptionProcessor;
import org.springframework.ai.vectorstore.SearchRequest;
import org.springframework.ai.vectorstore.SimpleVectorStore;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.agent.AgentRun;
import io.telemetryrouter.agent.ModelCall;
import io.telemetryrouter.agent.Retrieval;
import io.telemetryrouter.agent.ToolCall;
import io.telemetryrouter.spring.agent.AgentTelemetry;
import io.telemetryrouter.spring.ai.SpringAiFixture.Tools;
import io.telemetryrouter.spring.test.AgentEvents;
import io.telemetryrouter.spring.test.OpenAiStub;
import io.telemetryrouter.spring.test.OpenAiStub.Answer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that failures of the adapter to Spring AI and absent classes do not affect the
 * application.
 */
@ExtendWith(OutputCaptureExtension.class)
class SpringAiIsolationTests {

	private final OpenAiStub stub = new OpenAiStub();

	@AfterEach
	void close() {
		this.stub.close();
	}

	@Test
	void whenAdapterFailsThenApplicationIsAnsweredAndOneLineSaysSo(CapturedOutput output) {
		this.stub.toolThenText("weather", "{\"city\":\"Oslo\"}");
		SpringAiFixture.runner(this.stub).withBean(AgentTelemetry.class, () -> new AgentTelemetry(() -> {
			throw new StackOverflowError("secret prompt");
		}, false)).run((context) -> {
			assertThat(call(context)).isEqualTo("done");
			assertThat(context.getBean(AgentTelemetry.class).failures()).isPositive();
		});
		assertThat(output.getOut().split("The telemetry adapter of 'spring-ai' failed", -1)).hasSize(2);
		assertThat(output).contains("java.lang.StackOverflowError at ").doesNotContain("secret prompt");
	}

	@Test
	void whenHandlerThrowsThenApplicationIsAnswered() {
		this.stub.toolThenText("weather", "{\"city\":\"Oslo\"}");
		SpringAiFixture.runner(this.stub).run((context) -> {
			context.getBean(TelemetryRouter.class).subscribe("**", (name, payload) -> {
				throw new AssertionError("no");
			});
			assertThat(call(context)).isEqualTo("done");
			assertThat(context.getBean(AgentEvents.class).names()).hasSize(8);
		});
	}

	@Test
	void whenRegistryIsNoopThenThereAreNoEvents() {
		this.stub.toolThenText("weather", "{\"city\":\"Oslo\"}");
		SpringAiFixture.runner(this.stub)
			.withBean(ObservationRegistry.class, () -> ObservationRegistry.NOOP)
			.run((context) -> {
				assertThat(call(context)).isEqualTo("done");
				assertThat(context.getBean(AgentEvents.class).all()).isEmpty();
			});
	}

	@Test
	void whenAdapterIsSwitchedOffThenItsBeansAreNotThere() {
		this.stub.toolThenText("weather", "{\"city\":\"Oslo\"}");
		SpringAiFixture.runner(this.stub)
			.withPropertyValues("telemetry-router.agent.spring-ai.enabled=false")
			.run((context) -> {
				assertThat(context).doesNotHaveBean(GuardedHandler.class).doesNotHaveBean(ToolFailures.class);
				assertThat(call(context)).isEqualTo("done");
				assertThat(context.getBean(AgentEvents.class).all()).isEmpty();
			});
	}

	@Test
	void whenRouterIsSwitchedOffThenAdapterIsToo() {
		SpringAiFixture.runner(this.stub)
			.withPropertyValues("telemetry-router.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(GuardedHandler.class));
	}

	@Test
	void whenSpringAiIsAbsentThenNothingOfItIsThere() {
		SpringAiFixture.routerRunner()
			.withClassLoader(new FilteredClassLoader("org.springframework.ai"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasBean("telemetryEmitter")
				.doesNotHaveBean("telemetryRouterChatModelHandler"));
	}

	@Test
	void whenOnlyModelsAreThereThenClientAndStoreAreLeftOut() {
		SpringAiFixture.routerRunner()
			.withClassLoader(
					new FilteredClassLoader("org.springframework.ai.chat.client", "org.springframework.ai.vectorstore"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasBean("telemetryRouterChatModelHandler")
				.doesNotHaveBean("telemetryRouterChatClientHandler")
				.doesNotHaveBean("telemetryRouterVectorStoreHandler"));
	}

	@Test
	void whenObservationsAreHandledTwiceThenEventsAreNot() {
		this.stub.toolThenText("weather", "{\"city\":\"Oslo\"}");
		SpringAiFixture.runner(this.stub).run((context) -> {
			AgentTelemetry telemetry = context.getBean(AgentTelemetry.class);
			context.getBean(ObservationRegistry.class)
				.observationConfig()
				.observationHandler(new ChatModelHandler(telemetry))
				.observationHandler(new ToolCallHandler(telemetry))
				.observationHandler(new ChatClientHandler(telemetry));
			assertThat(call(context)).isEqualTo("done");
			assertThat(context.getBean(AgentEvents.class).names()).hasSize(8);
		});
	}

	@Test
	void whenModelIsCalledDirectlyThenItsCallHasARunWithoutEvents() {
		this.stub.script(Answer.text("hi"));
		SpringAiFixture.runner(this.stub).run((context) -> {
			assertThat(context.getBean(ChatModel.class).call("hello")).isEqualTo("hi");
			AgentEvents events = context.getBean(AgentEvents.class);
			assertThat(events.names()).containsExactly("model.call.started", "model.call.completed");
			assertThat(events.single(ModelCall.Completed.class).run().id()).isEqualTo(events.all().get(0).runId());
		});
	}

	@Test
	void whenUsageIsMissingOrAbsurdThenCallSaysSoAndNothingIsSummed() {
		this.stub.script(Answer.text("a").usage(null),
				Answer.text("b").usage("{\"prompt_tokens\":-5,\"completion_tokens\":7,\"total_tokens\":2}"),
				Answer.text("c").usage("{\"prompt_tokens\":2000000000,\"completion_tokens\":7,\"total_tokens\":7}"));
		SpringAiFixture.runner(this.stub).run((context) -> {
			for (int i = 0; i < 3; i++) {
				call(context);
			}
			AgentEvents events = context.getBean(AgentEvents.class);
			assertThat(events.payloads(ModelCall.Completed.class)).extracting(ModelCall.Completed::tokensProblem)
				.containsExactly("not reported", "input -5, output 7", "input 2000000000, output 7");
			assertThat(events.payloads(ModelCall.Completed.class)).extracting(ModelCall.Completed::tokens)
				.containsOnlyNulls();
			assertThat(events.payloads(AgentRun.Completed.class))
				.allSatisfy((run) -> assertThat(run.totals().tokens().total()).isZero());
		});
	}

	@Test
	void whenStoreIsQueriedThenRetrievalAndEmbeddingAreTold() {
		SpringAiFixture.runner(this.stub).run((context) -> {
			ObservationRegistry registry = context.getBean(ObservationRegistry.class);
			EmbeddingModel model = OpenAiEmbeddingModel.builder()
				.metadataMode(MetadataMode.EMBED)
				.options(OpenAiEmbeddingOptions.builder()
					.baseUrl(this.stub.url())
					.apiKey("none")
					.model("text-embedding-3-small")
					.build())
				.observationRegistry(registry)
				.build();
			SimpleVectorStore store = SimpleVectorStore.builder(model).observationRegistry(registry).build();
			store.similaritySearch(SearchRequest.builder().query("x").topK(3).build());
			AgentEvents events = context.getBean(AgentEvents.class);
			// Before that, the store calls the model to find the number of its dimensions
			assertThat(events.names()).endsWith("retrieval.started", "model.call.started", "model.call.completed",
					"retrieval.completed");
			Retrieval.Completed retrieval = events.single(Retrieval.Completed.class);
			assertThat(retrieval.started().topK()).isEqualTo(3);
			assertThat(retrieval.started().source()).isEqualTo("simple");
			assertThat(retrieval.documents()).isZero();
			ModelCall.Completed embedding = events.payloads(ModelCall.Completed.class).get(1);
			assertThat(embedding.run()).isEqualTo(retrieval.run());
			assertThat(embedding.started().operation()).isEqualTo("embeddings");
			assertThat(embedding.tokens().input()).isEqualTo(5);
		});
	}

	@Test
	void whenEmbeddingModelDoesNotNameItselfThenCallHasNoName() {
		SpringAiFixture.runner(this.stub).run((context) -> {
			EmbeddingModelObservationContext call = EmbeddingModelObservationContext.builder()
				.embeddingRequest(new EmbeddingRequest(List.of("text"), EmbeddingOptions.builder().build()))
				.provider("local")
				.build();
			Observation.createNotStarted("embedding", () -> call, context.getBean(ObservationRegistry.class))
				.observe(() -> call.setResponse(new EmbeddingResponse(List.of())));
			assertThat(context.getBean(AgentEvents.class).single(ModelCall.Completed.class).responseModel()).isNull();
		});
	}

	@Test
	void whenProcessorOfApplicationIsInjectedByItsClassThenItStillIs() {
		this.stub.toolThenText("weather", "{\"city\":\"Atlantis\"}");
		SpringAiFixture.runner(this.stub).withBean(OwnProcessor.class).run((context) -> {
			assertThat(context.getBean(OwnProcessor.class)).isNotNull();
			call(context);
			assertThat(context.getBean(AgentEvents.class).payloads(ToolCall.Failed.class)).hasSize(1);
		});
	}

	@Test
	void whenProcessorOfApplicationIsLambdaThenFailuresAreSeen() {
		this.stub.toolThenText("weather", "{\"city\":\"Atlantis\"}");
		SpringAiFixture.runner(this.stub)
			.withBean(ToolExecutionExceptionProcessor.class, () -> (error) -> "sorry")
			.run((context) -> {
				call(context);
				assertThat(context.getBean(AgentEvents.class).payloads(ToolCall.Failed.class)).hasSize(1);
				assertThat(this.stub.requests.get(1).toString()).contains("sorry");
			});
	}

	private String call(AssertableApplicationContext context) {
		return context.getBean(ChatClient.class).prompt("hello").tools(new Tools()).call().content();
	}

	static class OwnProcessor extends DefaultToolExecutionExceptionProcessor {

		OwnProcessor() {
			super(false);
		}

	}

}
