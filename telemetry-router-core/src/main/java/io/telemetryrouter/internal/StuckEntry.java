package io.telemetryrouter.internal;

import java.util.function.BooleanSupplier;

import io.telemetryrouter.StuckCall;

/**
 * A call that was found stuck.
 *
 * @param call what is shown of it
 * @param level the level of its thread's frame that it was made on
 * @param nanos when it was first seen, on the monotonic clock
 * @param ended says whether it has ended since
 */
record StuckEntry(StuckCall call, EmitFrame.Level level, long nanos, BooleanSupplier ended) {
}
