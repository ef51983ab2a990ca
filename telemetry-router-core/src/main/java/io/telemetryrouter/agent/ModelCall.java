package io.telemetryrouter.agent;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.TelemetryEventType;

/**
 * A call of a model: one turn of a conversation, or a number of embeddings.
 *
 * @since 0.1.0
 */
public sealed interface ModelCall {

	/**
	 * Returns the payload of the start event.
	 * @return the payload
	 */
	Started started();

	/**
	 * Returns the run that the model call belongs to.
	 * @return the run
	 */
	default Run run() {
		return started().run();
	}

	/**
	 * Returns the provider.
	 * @return the provider, or {@code null} if unknown
	 */
	default @Nullable String provider() {
		return started().provider();
	}

	/**
	 * Returns the requested model.
	 * @return the model, or {@code null} if unknown
	 */
	default @Nullable String requestModel() {
		return started().requestModel();
	}

	/**
	 * A model call started: event {@code model.call.started}.
	 *
	 * @param run the run that the model call belongs to
	 * @param operation {@code chat} or {@code embeddings} ({@code gen_ai.operation.name})
	 * @param turn the number of this call in its run, from 1
	 * @param provider the provider, such as {@code openai} ({@code gen_ai.provider.name})
	 * @param requestModel the requested model ({@code gen_ai.request.model})
	 * @param streaming whether the answer is streamed ({@code gen_ai.request.stream})
	 * @param messages the number of messages in the prompt, or of texts to embed
	 * @param tools names of the tools that the model may call
	 * ({@code gen_ai.tool.definitions})
	 * @param prompt the prompt ({@code gen_ai.input.messages}); {@code null} unless
	 * captured
	 */
	@TelemetryEventType("model.call.started")
	record Started(Run run, String operation, int turn, @Nullable String provider, @Nullable String requestModel,
			boolean streaming, int messages, List<String> tools, @Nullable Content prompt) implements ModelCall {

		/**
		 * Copies the list.
		 */
		public Started {
			tools = List.copyOf(tools);
		}

		@Override
		public Started started() {
			return this;
		}

	}

	/**
	 * A model call completed: event {@code model.call.completed}.
	 *
	 * @param started the payload of the start event
	 * @param duration the elapsed time, with nanosecond precision
	 * @param timeToFirstToken time to the first token of a streamed answer
	 * ({@code gen_ai.response.time_to_first_chunk}, in seconds there)
	 * @param responseModel the model that answered ({@code gen_ai.response.model})
	 * @param responseId the id of the answer ({@code gen_ai.response.id})
	 * @param tokens the tokens; {@code null} if no usable numbers were reported
	 * @param tokensProblem the reason for missing tokens, such as {@code not reported};
	 * {@code null} if tokens are present
	 * @param finishReasons the reasons for which the model stopped, in lower case;
	 * {@code tool_calls} if it requests tools; empty if the answer ended without a reason
	 * ({@code gen_ai.response.finish_reasons})
	 * @param toolCallsRequested the number of tool calls that the answer requests
	 * @param answer the answer ({@code gen_ai.output.messages}); {@code null} unless
	 * captured
	 */
	@TelemetryEventType("model.call.completed")
	record Completed(Started started, Duration duration, @Nullable Duration timeToFirstToken,
			@Nullable String responseModel, @Nullable String responseId, @Nullable Tokens tokens,
			@Nullable String tokensProblem, List<String> finishReasons, int toolCallsRequested,
			@Nullable Content answer) implements ModelCall {

		/**
		 * Copies the list.
		 */
		public Completed {
			finishReasons = List.copyOf(finishReasons);
		}

	}

	/**
	 * A model call failed: event {@code model.call.failed}.
	 *
	 * @param started the payload of the start event
	 * @param duration the elapsed time, with nanosecond precision
	 * @param failure the failure
	 */
	@TelemetryEventType("model.call.failed")
	record Failed(Started started, Duration duration, Failure failure) implements ModelCall {
	}

	/**
	 * A model call was cancelled: event {@code model.call.cancelled}.
	 *
	 * @param started the payload of the start event
	 * @param duration the elapsed time, with nanosecond precision
	 */
	@TelemetryEventType("model.call.cancelled")
	record Cancelled(Started started, Duration duration) implements ModelCall {
	}

}
