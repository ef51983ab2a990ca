/**
 * Adapter to Spring AI: emits events from its observations.
 */
@NullMarked
package io.telemetryrouter.spring.ai;

import org.jspecify.annotations.NullMarked;
