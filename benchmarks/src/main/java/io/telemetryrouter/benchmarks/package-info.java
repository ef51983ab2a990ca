/**
 * Benchmarks of the router and its peers.
 */
@NullMarked
package io.telemetryrouter.benchmarks;

import org.jspecify.annotations.NullMarked;
