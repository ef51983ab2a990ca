/**
 * Micrometer meters of the router.
 */
@NullMarked
package io.telemetryrouter.spring.metrics;

import org.jspecify.annotations.NullMarked;
