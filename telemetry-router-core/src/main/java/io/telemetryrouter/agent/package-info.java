/**
 * What agents do, as event payloads: one vocabulary, whatever framework the agent is
 * built with.
 * <p>
 * There is one sealed type for each activity and one record for each event: the payload
 * of {@code tool.call.completed} is a
 * {@link io.telemetryrouter.agent.ToolCall.Completed}. All are immutable. Components
 * follow the <a href="https://github.com/open-telemetry/semantic-conventions-genai">
 * OpenTelemetry conventions for generative AI</a>; the attribute is named at each one
 * that has one. A component that may be {@code null} is {@code null} where the source of
 * the event cannot tell.
 * <p>
 * Prompts, arguments, results and messages of failures are {@link Content}, which prints
 * as its length only, and are {@code null} unless their capture was asked for.
 */
@NullMarked
package io.telemetryrouter.agent;

import org.jspecify.annotations.NullMarked;
