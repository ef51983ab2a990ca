package io.telemetryrouter.spring.langchain4j;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.Supplier;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.TokenUsage;

/**
 * A model of no vendor. It responds on the calling thread with the next of its answers.
 */
final class FakeModel {

	private final List<ChatModelListener> listeners;

	private final Queue<Supplier<ChatResponse>> answers = new ArrayDeque<>();

	private FakeModel(List<ChatModelListener> listeners) {
		this.listeners = listeners;
	}

	/** Creates a model that the listeners observe. */
	static FakeModel observed(Iterable<ChatModelListener> listeners) {
		return new FakeModel(List.of(listeners.iterator().next()));
	}

	static FakeModel unobserved() {
		return new FakeModel(List.of());
	}

	/** Throws a checked exception that the method does not declare, as Kotlin does. */
	@SuppressWarnings("unchecked")
	static <T extends Throwable> T sneaky(Throwable error) throws T {
		throw (T) error;
	}

	FakeModel answers(int tokens) {
		return answers(AiMessage.from("answer"), tokens);
	}

	FakeModel answers(AiMessage message, int tokens) {
		this.answers.add(() -> ChatResponse.builder().aiMessage(message).tokenUsage(new TokenUsage(tokens, 0)).build());
		return this;
	}

	FakeModel fails() {
		this.answers.add(() -> {
			throw new IllegalStateException("busy");
		});
		return this;
	}

	ChatModel chat() {
		return new ChatModel() {

			@Override
			public ChatResponse doChat(ChatRequest request) {
				return FakeModel.this.answers.remove().get();
			}

			@Override
			public List<ChatModelListener> listeners() {
				return FakeModel.this.listeners;
			}

			@Override
			public ChatRequestParameters defaultRequestParameters() {
				return ChatRequestParameters.builder().modelName("fake").build();
			}

		};
	}

	StreamingChatModel streaming() {
		return new StreamingChatModel() {

			@Override
			public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
				ChatResponse response;
				try {
					response = FakeModel.this.answers.remove().get();
				}
				catch (IllegalStateException ex) {
					handler.onError(ex);
					return;
				}
				handler.onPartialResponse("answer");
				handler.onCompleteResponse(response);
			}

			@Override
			public List<ChatModelListener> listeners() {
				return FakeModel.this.listeners;
			}

		};
	}

}
