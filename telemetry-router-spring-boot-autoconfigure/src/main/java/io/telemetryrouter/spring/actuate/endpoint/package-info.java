/**
 * Actuator endpoint that shows the router's handlers, events and numbers.
 */
@NullMarked
package io.telemetryrouter.spring.actuate.endpoint;

import org.jspecify.annotations.NullMarked;
