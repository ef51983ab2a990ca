/**
 * Auto-configuration of the router's actuator endpoint.
 */
@NullMarked
package io.telemetryrouter.spring.autoconfigure.endpoint;

import org.jspecify.annotations.NullMarked;
