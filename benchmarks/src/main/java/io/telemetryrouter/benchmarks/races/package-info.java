/**
 * Races that jcstress runs millions of times: see docs/testing.md.
 */
@NullMarked
package io.telemetryrouter.benchmarks.races;

import org.jspecify.annotations.NullMarked;
