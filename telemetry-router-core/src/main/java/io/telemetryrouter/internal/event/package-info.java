/**
 * One event during its dispatch: its envelope, the {@linkplain Cause emit that caused
 * it}, by which loops of emits end, its run and span, and the stack of emits of its
 * thread. Handlers are unknown here.
 */
@NullMarked
package io.telemetryrouter.internal.event;

import org.jspecify.annotations.NullMarked;
