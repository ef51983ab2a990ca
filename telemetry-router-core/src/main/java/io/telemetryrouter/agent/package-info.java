/**
 * Event payloads of an agent's activities: one vocabulary for all agent frameworks.
 * <p>
 * There is one sealed type for each activity and one record for each event: the payload
 * of {@code tool.call.completed} is a
 * {@link io.telemetryrouter.agent.ToolCall.Completed}. All are immutable. Components
 * follow the <a href="https://github.com/open-telemetry/semantic-conventions-genai">
 * OpenTelemetry conventions for generative AI</a>; the Javadoc of a component names its
 * attribute, if there is one. A nullable component is {@code null} if the source of the
 * event does not provide it.
 * <p>
 * Prompts, arguments, results and messages of failures are {@link Content}, which prints
 * as its length only, and are {@code null} unless their capture is enabled.
 */
@NullMarked
package io.telemetryrouter.agent;

import org.jspecify.annotations.NullMarked;
