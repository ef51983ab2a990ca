/**
 * Auto-configuration of the router. Not for direct use, except the configuration
 * properties.
 */
@NullMarked
package io.telemetryrouter.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
