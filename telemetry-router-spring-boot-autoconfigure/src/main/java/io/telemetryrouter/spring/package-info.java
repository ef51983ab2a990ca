/**
 * Integration of the router with Spring Boot.
 */
@NullMarked
package io.telemetryrouter.spring;

import org.jspecify.annotations.NullMarked;
