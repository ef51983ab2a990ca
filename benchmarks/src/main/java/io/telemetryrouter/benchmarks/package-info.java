/**
 * Measures the router beside its peers.
 */
@NullMarked
package io.telemetryrouter.benchmarks;

import org.jspecify.annotations.NullMarked;
