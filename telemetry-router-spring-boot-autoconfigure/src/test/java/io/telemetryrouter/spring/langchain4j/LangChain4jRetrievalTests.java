package io.telemetryrouter.spring.langchain4j;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.listener.EmbeddingModelListener;
import dev.langchain4j.model.embedding.listener.EmbeddingModelRequestContext;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.output.TokenUsage;
import dev.langchain4j.rag.DefaultRetrievalAugmentor;
import dev.langchain4j.rag.RetrievalAugmentor;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.rag.content.retriever.ContentRetriever;
import dev.langchain4j.rag.content.retriever.EmbeddingStoreContentRetriever;
import dev.langchain4j.rag.query.Query;
import dev.langchain4j.rag.query.router.DefaultQueryRouter;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.store.embedding.inmemory.InMemoryEmbeddingStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

import io.telemetryrouter.RunContext;
import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.agent.AgentRun;
import io.telemetryrouter.agent.ModelCall;
import io.telemetryrouter.agent.Retrieval;
import io.telemetryrouter.agent.Tokens;
import io.telemetryrouter.spring.langchain4j.LangChain4jFixture.Assistant;
import io.telemetryrouter.spring.test.AgentEvents;
import io.telemetryrouter.spring.test.OpenAiStub;
import io.telemetryrouter.spring.test.OpenAiStub.Answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for the events of embedding models and retrievals with LangChain4j.
 */
class LangChain4jRetrievalTests {

	private static final String[] SERVICE = { "agent.run.started", "retrieval.started", "model.call.started",
			"model.call.completed", "retrieval.completed", "model.call.started", "model.call.completed",
			"agent.run.completed" };

	private final OpenAiStub stub = new OpenAiStub();

	private final ApplicationContextRunner runner = LangChain4jFixture.runner(this.stub)
		.withUserConfiguration(Library.class);

	@AfterEach
	void close() {
		this.stub.close();
	}

	@Test
	void whenModelBeanEmbedsThenItsCallIsTold() {
		this.runner.run((context) -> {
			Response<List<Embedding>> response = context.getBean(EmbeddingModel.class)
				.embedAll(List.of(TextSegment.from("a"), TextSegment.from("b")));
			assertThat(response.content()).hasSize(2);
			AgentEvents events = context.getBean(AgentEvents.class);
			assertThat(events.names()).containsExactly("model.call.started", "model.call.completed");
			ModelCall.Completed call = events.single(ModelCall.Completed.class);
			assertThat(call.started().operation()).isEqualTo("embeddings");
			assertThat(call.started().messages()).isEqualTo(2);
			assertThat(call.provider()).isEqualTo("openai");
			assertThat(call.requestModel()).isEqualTo("text-embedding-3-small");
			assertThat(call.tokens()).isEqualTo(new Tokens(5, 0, null, null, null));
			assertThat(call.started().prompt()).isNull();
			assertThat(RunContext.current()).isNull();
		});
	}

	@Test
	void whenModelBeanIsInjectedByItsClassThenItIs() {
		this.runner.run((context) -> {
			OpenAiEmbeddingModel model = context.getBean(OpenAiEmbeddingModel.class);
			model.embed("a");
			assertThat(model.dimension()).isEqualTo(1536);
			assertThat(context.getBean(AgentEvents.class).payloads(ModelCall.Completed.class)).hasSize(1);
		});
	}

	@Test
	void whenServiceRetrievesThenRetrievalAndEmbeddingAreInItsRun() {
		this.stub.script(Answer.text("hi"));
		this.runner.run((context) -> {
			assertThat(service(context, context.getBean(ContentRetriever.class)).chat("hello")).isEqualTo("hi");
			AgentEvents events = context.getBean(AgentEvents.class);
			assertThat(events.names()).containsExactly(SERVICE);
			AgentRun.Completed run = events.single(AgentRun.Completed.class);
			assertThat(events.all()).extracting(TelemetryEvent::runId).containsOnly(run.run().id());
			assertThat(run.totals().tokens().input()).isEqualTo(16);
			Retrieval.Completed retrieval = events.single(Retrieval.Completed.class);
			assertThat(retrieval.documents()).isEqualTo(1);
			assertThat(retrieval.started().query()).isNull();
		});
	}

	@Test
	void whenRetrieverIsNoBeanThenRetrievalOfServiceIsToldAllTheSame() {
		this.stub.script(Answer.text("hi"));
		this.runner.run((context) -> {
			ContentRetriever retriever = (query) -> List.of(Content.from("x"), Content.from("y"));
			assertThat(service(context, retriever).chat("hello")).isEqualTo("hi");
			assertThat(context.getBean(AgentEvents.class).single(Retrieval.Completed.class).documents()).isEqualTo(2);
		});
	}

	@Test
	void whenServiceRetrievesOnSeveralThreadsThenItIsOneRetrievalAndEmbeddingsAreInItsRun() {
		this.stub.script(Answer.text("hi"));
		ExecutorService executor = Executors.newFixedThreadPool(2);
		this.runner.run((context) -> {
			ContentRetriever retriever = context.getBean(ContentRetriever.class);
			RetrievalAugmentor augmentor = DefaultRetrievalAugmentor.builder()
				.queryRouter(new DefaultQueryRouter(retriever, retriever))
				.executor(executor)
				.build();
			AiServices.builder(Assistant.class)
				.chatModel(LangChain4jFixture.model(this.stub).build())
				.retrievalAugmentor(augmentor)
				.build()
				.chat("hello");
			AgentEvents events = context.getBean(AgentEvents.class);
			assertThat(events.payloads(Retrieval.class)).hasSize(2);
			assertThat(events.payloads(ModelCall.Completed.class)).hasSize(3);
			assertThat(events.all()).extracting(TelemetryEvent::runId)
				.containsOnly(events.single(AgentRun.Completed.class).run().id());
		});
		executor.shutdown();
	}

	@Test
	void whenRetrieverBeanIsCalledDirectlyThenItsCallIsTold() {
		this.runner.run((context) -> {
			assertThat(context.getBean(ContentRetriever.class).retrieve(Query.from("x"))).hasSize(1);
			AgentEvents events = context.getBean(AgentEvents.class);
			assertThat(events.names()).containsExactly("retrieval.started", "model.call.started",
					"model.call.completed", "retrieval.completed");
			assertThat(events.single(Retrieval.Completed.class).started().source())
				.isEqualTo("EmbeddingStoreContentRetriever");
			assertThat(events.all()).extracting(TelemetryEvent::runId)
				.containsOnly(events.single(Retrieval.Completed.class).run().id());
		});
	}

	@Test
	void whenRetrieverFailsThenRetrievalAndRunFailAndNothingIsLeftOnTheThread() {
		this.runner.run((context) -> {
			Assistant assistant = service(context, (query) -> {
				throw new IllegalStateException("no store");
			});
			assertThatIllegalStateException().isThrownBy(() -> assistant.chat("hello")).withMessage("no store");
			AgentEvents events = context.getBean(AgentEvents.class);
			assertThat(events.names()).containsExactly("agent.run.started", "retrieval.started", "retrieval.failed",
					"agent.run.failed");
			assertThat(events.single(Retrieval.Failed.class).failure().type())
				.isEqualTo("java.lang.IllegalStateException");
			assertThat(RunContext.current()).isNull();
		});
	}

	@Test
	void whenEmbeddingFailsThenItsCallFails() {
		this.runner.withBean("broken", EmbeddingModel.class, () -> new EmbeddingModel() {

			@Override
			public Response<List<Embedding>> embedAll(List<TextSegment> segments) {
				throw new IllegalStateException("no model");
			}

		}).run((context) -> {
			assertThatException().isThrownBy(() -> context.getBean("broken", EmbeddingModel.class).embed("a"))
				.withMessage("no model");
			assertThat(context.getBean(AgentEvents.class).names()).containsExactly("model.call.started",
					"model.call.failed");
		});
	}

	@Test
	void whenModelBeanDecoratesAnotherThenACallIsToldOnce() {
		this.runner.withBean("cache", Cache.class).run((context) -> {
			assertThat(context.getBean(Cache.class).embed("a").content()).isNotNull();
			assertThat(context.getBean(AgentEvents.class).payloads(ModelCall.Completed.class)).hasSize(1);
		});
	}

	@Test
	void whenModelHasListenersOfTheApplicationThenTheyAreToldAndSoAreWe() {
		StringBuilder told = new StringBuilder();
		this.runner.withBean("listening", EmbeddingModel.class,
				() -> embeddingModel(this.stub).addListener(new EmbeddingModelListener() {

					@Override
					public void onRequest(EmbeddingModelRequestContext context) {
						told.append("request ");
					}

				}))
			.run((context) -> {
				context.getBean("listening", EmbeddingModel.class).embed("a");
				assertThat(told).hasToString("request ");
				assertThat(context.getBean(AgentEvents.class).payloads(ModelCall.Completed.class)).hasSize(1);
			});
	}

	@Test
	void whenClassOfBeanIsFinalThenItIsLeftAlone() {
		this.runner.withBean("final", FinalModel.class).run((context) -> {
			assertThat(context.getBean(FinalModel.class).embed("a").tokenUsage()).isNotNull();
			assertThat(context.getBean(AgentEvents.class).all()).isEmpty();
		});
	}

	@Test
	void whenContentIsCapturedThenQueryAndTextsAreThereAndPrintTheirLength() {
		this.runner.withPropertyValues("telemetry-router.agent.capture-content=true").run((context) -> {
			context.getBean(ContentRetriever.class).retrieve(Query.from("4111"));
			AgentEvents events = context.getBean(AgentEvents.class);
			assertThat(events.single(Retrieval.Started.class).query().text()).isEqualTo("4111");
			assertThat(events.single(ModelCall.Started.class).prompt().text()).isEqualTo("4111");
			assertThat(events.payloads(Object.class).toString()).doesNotContain("4111");
		});
	}

	private Assistant service(ApplicationContext context, ContentRetriever retriever) {
		return AiServices.builder(Assistant.class)
			.chatModel(LangChain4jFixture.model(this.stub).build())
			.contentRetriever(retriever)
			.build();
	}

	private static OpenAiEmbeddingModel embeddingModel(OpenAiStub stub) {
		return OpenAiEmbeddingModel.builder()
			.baseUrl(stub.url())
			.apiKey("none")
			.modelName("text-embedding-3-small")
			.maxRetries(0)
			.build();
	}

	@Configuration(proxyBeanMethods = false)
	static class Library {

		@Bean
		@Primary
		OpenAiEmbeddingModel embeddingModel(OpenAiStub stub) {
			return LangChain4jRetrievalTests.embeddingModel(stub);
		}

		@Bean
		ContentRetriever contentRetriever(OpenAiEmbeddingModel model) {
			InMemoryEmbeddingStore<TextSegment> store = new InMemoryEmbeddingStore<>();
			store.add(Embedding.from(new float[] { 0.1f, 0.2f, 0.3f }), TextSegment.from("known"));
			return EmbeddingStoreContentRetriever.builder().embeddingStore(store).embeddingModel(model).build();
		}

	}

	/** A model that delegates to another bean. */
	static class Cache implements EmbeddingModel {

		private final EmbeddingModel model;

		Cache(OpenAiEmbeddingModel model) {
			this.model = model;
		}

		@Override
		public Response<List<Embedding>> embedAll(List<TextSegment> segments) {
			return this.model.embedAll(segments);
		}

	}

	/** A model that cannot have a proxy. */
	static final class FinalModel implements EmbeddingModel {

		@Override
		public Response<List<Embedding>> embedAll(List<TextSegment> segments) {
			return Response.from(List.of(Embedding.from(new float[] { 1 })), new TokenUsage(1));
		}

	}

}
