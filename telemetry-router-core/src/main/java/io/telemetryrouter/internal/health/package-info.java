/**
 * The supervision of handlers: the circuit breaker, the watchdog, and the reporter that
 * writes the log. This package knows handlers only by narrow interfaces.
 */
@NullMarked
package io.telemetryrouter.internal.health;

import org.jspecify.annotations.NullMarked;
