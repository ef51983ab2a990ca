/**
 * Common code of the adapters to agent frameworks, also for adapters of your own.
 * Adapters report runs and calls; this package emits the events, in order and with
 * totals.
 */
@NullMarked
package io.telemetryrouter.spring.agent;

import org.jspecify.annotations.NullMarked;
