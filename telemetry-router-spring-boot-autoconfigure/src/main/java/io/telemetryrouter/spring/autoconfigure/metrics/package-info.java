/**
 * Auto-configuration of the router's meters.
 */
@NullMarked
package io.telemetryrouter.spring.autoconfigure.metrics;

import org.jspecify.annotations.NullMarked;
