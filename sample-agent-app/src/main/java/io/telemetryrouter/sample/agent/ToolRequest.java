package io.telemetryrouter.sample.agent;

import org.jspecify.annotations.Nullable;

/**
 * A call of a tool that the model asks for.
 *
 * @param id the call's id, or {@code null} where a framework does not tell
 * @param tool the tool's name
 * @param arguments the arguments as JSON
 * @since 0.1.0
 */
public record ToolRequest(@Nullable String id, String tool, String arguments) {

}
