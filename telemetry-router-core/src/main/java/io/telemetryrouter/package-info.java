/**
 * Routes telemetry events of an agent loop to the handlers that observe it.
 */
@NullMarked
package io.telemetryrouter;

import org.jspecify.annotations.NullMarked;
