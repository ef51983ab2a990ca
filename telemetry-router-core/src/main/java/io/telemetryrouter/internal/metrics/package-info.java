/**
 * Counts and latencies. Writers never wait for readers.
 */
@NullMarked
package io.telemetryrouter.internal.metrics;

import org.jspecify.annotations.NullMarked;
