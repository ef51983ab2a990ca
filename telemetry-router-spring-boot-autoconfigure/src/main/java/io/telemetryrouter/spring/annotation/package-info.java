/**
 * Declares bean methods as handlers.
 */
@NullMarked
package io.telemetryrouter.spring.annotation;

import org.jspecify.annotations.NullMarked;
