package io.telemetryrouter.sample.agent;

/**
 * A tool's answer.
 *
 * @param content the text for the model
 * @param failed whether the tool failed
 * @since 0.1.0
 */
public record ToolResult(String content, boolean failed) {
}
