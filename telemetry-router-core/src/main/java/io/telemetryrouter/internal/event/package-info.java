/**
 * One event during its dispatch: its envelope, its run and span, the {@linkplain Cause
 * emit that caused it}, which bounds loops of emits, and the stack of emits of its
 * thread. This package knows no handlers.
 */
@NullMarked
package io.telemetryrouter.internal.event;

import org.jspecify.annotations.NullMarked;
