package io.telemetryrouter.spring.langchain4j;

import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Predicate;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.model.chat.response.ChatResponse;
import org.jspecify.annotations.Nullable;

import io.telemetryrouter.RunContext;
import io.telemetryrouter.spring.agent.ObservedCall;
import io.telemetryrouter.spring.agent.ObservedRun;

/**
 * The state of one invocation of an AI service, with its open calls. It must not refer to
 * the invocation, whose id is its weak key.
 */
final class AiServiceRun {

	private final ObservedRun run;

	/** Open tool calls by request object, since a model may repeat an id. */
	private final Map<ToolExecutionRequest, ObservedCall> tools = Collections.synchronizedMap(new IdentityHashMap<>());

	private volatile @Nullable Issued issued;

	private volatile @Nullable RunContext retrieving;

	AiServiceRun(ObservedRun run) {
		this.run = run;
	}

	ObservedRun run() {
		return this.run;
	}

	Map<ToolExecutionRequest, ObservedCall> tools() {
		return this.tools;
	}

	@Nullable Issued issued() {
		return this.issued;
	}

	void issued(@Nullable Issued issued) {
		this.issued = issued;
	}

	/** Returns the context of the retrieval in progress, or null if there is none. */
	@Nullable RunContext retrieving() {
		return this.retrieving;
	}

	void retrieving(@Nullable RunContext context) {
		this.retrieving = context;
	}

	boolean isWaiting(Predicate<Issued> condition) {
		Issued issued = this.issued;
		return issued != null && condition.test(issued);
	}

	/**
	 * The pending model request.
	 *
	 * @param call the last model call
	 * @param first the first message, by which the model's listener identifies the
	 * request
	 * @param response the response of that call, if the model's listener has reported it
	 * @param endNanos when the model's listener reported the end of that call
	 */
	record Issued(ObservedCall call, @Nullable ChatMessage first, @Nullable ChatResponse response, long endNanos) {

		Issued(ObservedCall call, @Nullable ChatMessage first) {
			this(call, first, null, 0);
		}

		Issued ended(@Nullable ChatResponse response) {
			return new Issued(this.call, this.first, response, System.nanoTime());
		}

		Duration sinceEnd() {
			return Duration.ofNanos(System.nanoTime() - this.endNanos);
		}

		/**
		 * Returns whether a response is that of the last call. The application may have
		 * edited it.
		 */
		boolean isOf(ChatResponse other) {
			ChatResponse mine = this.response;
			if (mine == null) {
				return false;
			}
			return mine == other || mine.aiMessage() == other.aiMessage() || other.tokenUsage() == null
					|| mine.tokenUsage() == other.tokenUsage();
		}

	}

}
