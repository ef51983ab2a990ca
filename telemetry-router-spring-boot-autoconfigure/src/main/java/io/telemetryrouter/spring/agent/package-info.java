/**
 * What adapters to agent frameworks share: they tell of runs and calls, and the events,
 * their order and their sums are made here. For adapters to further frameworks, too.
 */
@NullMarked
package io.telemetryrouter.spring.agent;

import org.jspecify.annotations.NullMarked;
