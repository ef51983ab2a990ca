/**
 * One event on its way: its envelope, what caused it, and the stack of emits of its
 * thread. Nothing here knows of handlers.
 */
@NullMarked
package io.telemetryrouter.internal.event;

import org.jspecify.annotations.NullMarked;
