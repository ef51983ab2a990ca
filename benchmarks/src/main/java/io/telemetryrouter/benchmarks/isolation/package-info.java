/**
 * Isolation tests: hostile handlers and situations, with the router and its peers.
 */
@NullMarked
package io.telemetryrouter.benchmarks.isolation;

import org.jspecify.annotations.NullMarked;
