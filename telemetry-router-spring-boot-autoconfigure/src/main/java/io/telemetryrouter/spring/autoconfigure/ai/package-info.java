/**
 * Auto-configuration of the adapter to Spring AI.
 */
@NullMarked
package io.telemetryrouter.spring.autoconfigure.ai;

import org.jspecify.annotations.NullMarked;
