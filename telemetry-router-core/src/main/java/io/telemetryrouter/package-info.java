/**
 * Routes telemetry events from an emitter to its handlers, in process: the public API.
 */
@NullMarked
package io.telemetryrouter;

import org.jspecify.annotations.NullMarked;
