package io.telemetryrouter.spring.langchain4j;

import java.util.List;
import java.util.stream.Stream;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiTokenUsage;
import dev.langchain4j.rag.AugmentationRequest;
import dev.langchain4j.rag.AugmentationResult;
import dev.langchain4j.rag.RetrievalAugmentor;
import dev.langchain4j.service.AiServiceContext;
import org.junit.jupiter.api.Test;

import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;

import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.agent.AgentTelemetry;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LangChain4jHints}.
 */
class LangChain4jHintsTests {

	@Test
	void whenProcessedAheadOfTimeThenProxiesOfAiServicesAndUsagesHaveHints() {
		AgentTelemetry telemetry = new AgentTelemetry(() -> TelemetryRouter.builder().build(), false);
		AiServiceContext service = AiServiceContext.create(Runnable.class);
		service.chatModel = FakeModel.unobserved().chat();
		service.streamingChatModel = FakeModel.unobserved().streaming();
		service.retrievalAugmentor = new NoAugmentor();
		AiServiceRuns runs = new AiServiceRuns(telemetry);
		new ServiceModels(telemetry, new ModelCalls(telemetry, runs)).observe(service);
		new RetrievalCalls(telemetry, runs).observe(service);
		TestGenerationContext generation = new TestGenerationContext();
		try (GenericApplicationContext context = new GenericApplicationContext()) {
			context.registerBean("telemetry", LangChain4jTelemetry.class);
			new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
		}
		assertThat(Stream.of(service.chatModel, service.streamingChatModel, service.retrievalAugmentor)).allSatisfy(
				(proxy) -> assertThat(RuntimeHintsPredicates.proxies().forInterfaces(proxy.getClass().getInterfaces()))
					.accepts(generation.getRuntimeHints()));
		assertThat(RuntimeHintsPredicates.proxies().forInterfaces(StreamingChatResponseHandler.class))
			.accepts(generation.getRuntimeHints());
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(OpenAiTokenUsage.class, "inputTokensDetails"))
			.accepts(generation.getRuntimeHints());
		assertThat(RuntimeHintsPredicates.reflection()
			.onMethodInvocation(OpenAiTokenUsage.OutputTokensDetails.class, "reasoningTokens"))
			.accepts(generation.getRuntimeHints());
		assertThat(service.chatModel).isInstanceOf(ChatModel.class);
		assertThat(service.streamingChatModel).isInstanceOf(StreamingChatModel.class);
	}

	private static final class NoAugmentor implements RetrievalAugmentor {

		@Override
		public AugmentationResult augment(AugmentationRequest request) {
			return new AugmentationResult(request.chatMessage(), List.of());
		}

	}

}
