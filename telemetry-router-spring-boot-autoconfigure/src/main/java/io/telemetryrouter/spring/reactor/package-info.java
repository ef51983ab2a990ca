/**
 * Emits events from Reactor pipelines.
 */
@NullMarked
package io.telemetryrouter.spring.reactor;

import org.jspecify.annotations.NullMarked;
