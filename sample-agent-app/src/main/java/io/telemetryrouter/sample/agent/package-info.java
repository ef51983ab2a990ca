/**
 * The agent: its loop, its customer, model and tools, and its own events.
 */
@NullMarked
package io.telemetryrouter.sample.agent;

import org.jspecify.annotations.NullMarked;
