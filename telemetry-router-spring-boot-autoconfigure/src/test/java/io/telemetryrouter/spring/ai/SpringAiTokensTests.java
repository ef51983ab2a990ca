package io.telemetryrouter.spring.ai;

import java.util.List;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.chat.metadata.Usage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.model.MessageAggregator;
import org.springframework.ai.chat.observation.ChatModelObservationContext;
import org.springframework.ai.chat.observation.ChatModelObservationDocumentation;
import org.springframework.ai.chat.observation.DefaultChatModelObservationConvention;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.chat.client.autoconfigure.ChatClientAutoConfiguration;
import org.springframework.ai.model.tool.autoconfigure.ToolCallingAutoConfiguration;
import reactor.core.publisher.Flux;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.telemetryrouter.agent.ModelCall;
import io.telemetryrouter.agent.Tokens;
import io.telemetryrouter.spring.test.AgentEvents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the tokens of models whose providers do not count like OpenAI.
 */
class SpringAiTokensTests {

	/** A turn that reads nearly all its input from the cache. */
	private static final Usage CACHED = new DefaultUsage(20, 7, 27, null, 5000L, 300L);

	private static final Tokens ALL = new Tokens(5320, 7, 5000L, 300L, null);

	@Test
	void whenInputExcludesCachedTokensThenTheyAreAdded() {
		assertThat(tokens("anthropic", CACHED, false)).isEqualTo(ALL);
		assertThat(tokens("bedrock_converse", CACHED, false)).isEqualTo(ALL);
		assertThat(tokens("anthropic", new DefaultUsage(20, 7), false)).isEqualTo(new Tokens(20, 7));
	}

	@Test
	void whenAnswerIsStreamedThenCachedTokensAreThoseOfTheStream() {
		assertThat(tokens("anthropic", CACHED, true)).isEqualTo(ALL);
		assertThat(tokens("openai", new DefaultUsage(20, 7, 27, null, 16L, null), true))
			.isEqualTo(new Tokens(20, 7, 16L, null, null));
	}

	@Test
	void whenOutputExcludesReasoningThenItIsAdded() {
		Usage thought = new DefaultUsage(10, 5, 115);
		assertThat(tokens("google_genai", thought, false)).isEqualTo(new Tokens(10, 105, null, null, 100L));
		assertThat(tokens("google_genai", thought, true)).isEqualTo(new Tokens(10, 105, null, null, 100L));
	}

	@Test
	void whenInputIncludesCachedTokensThenTheyAreNotAdded() {
		assertThat(tokens("openai", new DefaultUsage(20, 7, 27, null, 16L, null), false))
			.isEqualTo(new Tokens(20, 7, 16L, null, null));
	}

	private static Tokens tokens(String provider, Usage usage, boolean streaming) {
		Tokens[] tokens = new Tokens[1];
		runner(provider, usage).run((context) -> tokens[0] = call(context, streaming).tokens());
		return tokens[0];
	}

	private static ModelCall.Completed call(AssertableApplicationContext context, boolean streaming) {
		ChatClient client = context.getBean(ChatClient.Builder.class).build();
		if (streaming) {
			client.prompt("hello").stream().content().blockLast();
		}
		else {
			client.prompt("hello").call().content();
		}
		AgentEvents events = context.getBean(AgentEvents.class);
		await().until(() -> events.names().contains("agent.run.completed"));
		return events.single(ModelCall.Completed.class);
	}

	private static ApplicationContextRunner runner(String provider, Usage usage) {
		return SpringAiFixture.routerRunner()
			.withConfiguration(
					AutoConfigurations.of(ToolCallingAutoConfiguration.class, ChatClientAutoConfiguration.class))
			.withBean(AgentEvents.class)
			.withBean("chatModel", ProviderModel.class, provider, usage);
	}

	/** Observes its calls as the models of Spring AI do. */
	static final class ProviderModel implements ChatModel {

		private final String provider;

		private final Usage usage;

		private final ObservationRegistry registry;

		ProviderModel(String provider, Usage usage, ObservationRegistry registry) {
			this.provider = provider;
			this.usage = usage;
			this.registry = registry;
		}

		@Override
		public ChatResponse call(Prompt prompt) {
			ChatModelObservationContext context = context(prompt, false);
			return observation(context).observe(() -> {
				ChatResponse response = response("hello", this.usage);
				context.setResponse(response);
				return response;
			});
		}

		@Override
		public Flux<ChatResponse> stream(Prompt prompt) {
			return Flux.deferContextual((view) -> {
				ChatModelObservationContext context = context(prompt, true);
				Observation observation = observation(context)
					.parentObservation(view.getOrDefault(ObservationThreadLocalAccessor.KEY, null))
					.start();
				Flux<ChatResponse> parts = Flux
					.just(response("hello", new DefaultUsage(0, 0)), response("", this.usage))
					.doFinally((signal) -> observation.stop());
				return new MessageAggregator().aggregate(parts, context::setResponse);
			});
		}

		private ChatModelObservationContext context(Prompt prompt, boolean streaming) {
			return ChatModelObservationContext.builder()
				.prompt(prompt)
				.provider(this.provider)
				.streaming(streaming)
				.build();
		}

		private Observation observation(ChatModelObservationContext context) {
			return ChatModelObservationDocumentation.CHAT_MODEL_OPERATION.observation(null,
					new DefaultChatModelObservationConvention(), () -> context, this.registry);
		}

		private static ChatResponse response(String text, Usage usage) {
			return new ChatResponse(List.of(new Generation(new AssistantMessage(text))),
					ChatResponseMetadata.builder().model("m").usage(usage).build());
		}

	}

}
