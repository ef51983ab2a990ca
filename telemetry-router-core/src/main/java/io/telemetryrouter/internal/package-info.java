/**
 * The engine behind {@link io.telemetryrouter.TelemetryRouter}; not for direct use.
 */
@NullMarked
package io.telemetryrouter.internal;

import org.jspecify.annotations.NullMarked;
