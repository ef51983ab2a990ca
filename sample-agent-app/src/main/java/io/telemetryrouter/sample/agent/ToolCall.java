package io.telemetryrouter.sample.agent;

/**
 * A call of a tool that the model asks for.
 *
 * @param id the call's id
 * @param tool the tool's name
 * @param arguments the arguments as JSON
 * @since 0.1.0
 */
public record ToolCall(String id, String tool, String arguments) {
}
