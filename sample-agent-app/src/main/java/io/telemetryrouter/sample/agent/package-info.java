/**
 * Holds the agent: its loop, what it talks to, and the events it reports.
 */
@NullMarked
package io.telemetryrouter.sample.agent;

import org.jspecify.annotations.NullMarked;
