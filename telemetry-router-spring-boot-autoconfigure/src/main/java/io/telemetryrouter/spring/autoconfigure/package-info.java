/**
 * Configures the router for Spring Boot; nothing in here is for direct use.
 */
@NullMarked
package io.telemetryrouter.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
