/**
 * Declares methods of beans as handlers.
 */
@NullMarked
package io.telemetryrouter.spring.annotation;

import org.jspecify.annotations.NullMarked;
