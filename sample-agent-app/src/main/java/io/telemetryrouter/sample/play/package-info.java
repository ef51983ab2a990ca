/**
 * Plays recordings through the agent and sums up what happened.
 */
@NullMarked
package io.telemetryrouter.sample.play;

import org.jspecify.annotations.NullMarked;
