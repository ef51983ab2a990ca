/**
 * Holds the engine behind the router; nothing here is API.
 */
@NullMarked
package io.telemetryrouter.internal;

import org.jspecify.annotations.NullMarked;
