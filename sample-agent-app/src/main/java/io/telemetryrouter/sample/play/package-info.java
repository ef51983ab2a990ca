/**
 * Plays recordings through the agent and prints a summary.
 */
@NullMarked
package io.telemetryrouter.sample.play;

import org.jspecify.annotations.NullMarked;
