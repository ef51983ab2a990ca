package io.telemetryrouter.agent;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.TelemetryEventType;

/**
 * A call of a tool ({@code gen_ai.operation.name} is {@code execute_tool}).
 *
 * @since 0.1.0
 */
public sealed interface ToolCall {

	/**
	 * Returns the payload of the start event.
	 * @return the payload
	 */
	Started started();

	/**
	 * Returns the run that the tool call belongs to.
	 * @return the run
	 */
	default Run run() {
		return started().run();
	}

	/**
	 * Returns the name of the tool.
	 * @return the name
	 */
	default String tool() {
		return started().tool();
	}

	/**
	 * A tool call started: event {@code tool.call.started}.
	 *
	 * @param run the run that the tool call belongs to
	 * @param callId the id that the model gave the call ({@code gen_ai.tool.call.id})
	 * @param tool the name of the tool ({@code gen_ai.tool.name})
	 * @param type the type of the tool, such as {@code function}
	 * ({@code gen_ai.tool.type})
	 * @param arguments the arguments as the model wrote them
	 * ({@code gen_ai.tool.call.arguments}); {@code null} unless captured
	 */
	@TelemetryEventType("tool.call.started")
	record Started(Run run, @Nullable String callId, String tool, @Nullable String type,
			@Nullable Content arguments) implements ToolCall {

		@Override
		public Started started() {
			return this;
		}

	}

	/**
	 * A tool call completed: event {@code tool.call.completed}.
	 *
	 * @param started the payload of the start event
	 * @param duration the elapsed time, with nanosecond precision
	 * @param resultLength length of the result, in characters; {@code null} if it is not
	 * a text
	 * @param result the result ({@code gen_ai.tool.call.result}); {@code null} unless
	 * captured
	 */
	@TelemetryEventType("tool.call.completed")
	record Completed(Started started, Duration duration, @Nullable Integer resultLength,
			@Nullable Content result) implements ToolCall {
	}

	/**
	 * A tool call failed: event {@code tool.call.failed}.
	 *
	 * @param started the payload of the start event
	 * @param duration the elapsed time, with nanosecond precision
	 * @param failure the failure
	 */
	@TelemetryEventType("tool.call.failed")
	record Failed(Started started, Duration duration, Failure failure) implements ToolCall {
	}

	/**
	 * A tool call was cancelled: event {@code tool.call.cancelled}.
	 *
	 * @param started the payload of the start event
	 * @param duration the elapsed time, with nanosecond precision
	 */
	@TelemetryEventType("tool.call.cancelled")
	record Cancelled(Started started, Duration duration) implements ToolCall {
	}

}
