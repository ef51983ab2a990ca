/**
 * The isolation kit: hostile handlers and situations, played against the router and its
 * peers.
 */
@NullMarked
package io.telemetryrouter.benchmarks.isolation;

import org.jspecify.annotations.NullMarked;
