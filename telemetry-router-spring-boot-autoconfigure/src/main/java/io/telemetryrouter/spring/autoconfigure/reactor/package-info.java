/**
 * Auto-configuration of the router's health details.
 */
@NullMarked
package io.telemetryrouter.spring.autoconfigure.reactor;

import org.jspecify.annotations.NullMarked;
