package io.telemetryrouter.sample.agent;

import org.jspecify.annotations.Nullable;

/**
 * A tool call that the model requests.
 *
 * @param id the call's id, or {@code null} if the framework does not pass it
 * @param tool the tool's name
 * @param arguments the arguments as JSON
 * @since 0.1.0
 */
public record ToolRequest(@Nullable String id, String tool, String arguments) {

}
