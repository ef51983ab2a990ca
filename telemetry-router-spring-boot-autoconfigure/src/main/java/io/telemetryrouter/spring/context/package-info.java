/**
 * Propagates the emitting thread's context to asynchronous handlers.
 */
@NullMarked
package io.telemetryrouter.spring.context;

import org.jspecify.annotations.NullMarked;
