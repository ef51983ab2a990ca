/**
 * The sample's properties, and the configuration of its agent.
 */
@NullMarked
package io.telemetryrouter.sample.config;

import org.jspecify.annotations.NullMarked;
