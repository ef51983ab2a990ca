/**
 * Auto-configuration of context propagation to asynchronous handlers.
 */
@NullMarked
package io.telemetryrouter.spring.autoconfigure.context;

import org.jspecify.annotations.NullMarked;
