/**
 * Meters of the router, through Micrometer.
 */
@NullMarked
package io.telemetryrouter.spring.metrics;

import org.jspecify.annotations.NullMarked;
