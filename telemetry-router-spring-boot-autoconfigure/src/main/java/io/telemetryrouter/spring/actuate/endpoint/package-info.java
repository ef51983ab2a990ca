/**
 * Actuator endpoint with the router's handlers, events and statistics.
 */
@NullMarked
package io.telemetryrouter.spring.actuate.endpoint;

import org.jspecify.annotations.NullMarked;
