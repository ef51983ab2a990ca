/**
 * The supervision of handlers: the circuit breaker, the watchdog, and the reporter that
 * writes the log. Handlers are known here by narrow interfaces only.
 */
@NullMarked
package io.telemetryrouter.internal.health;

import org.jspecify.annotations.NullMarked;
