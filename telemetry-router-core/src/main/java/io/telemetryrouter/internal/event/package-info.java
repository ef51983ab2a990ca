/**
 * One event during its dispatch: its envelope, its cause, and the stack of emits of its
 * thread. Handlers are unknown here.
 */
@NullMarked
package io.telemetryrouter.internal.event;

import org.jspecify.annotations.NullMarked;
