/**
 * The registered handlers, their options and accounts, and the statistics of each event
 * name. Who takes part in an event is decided here; how it gets there is not.
 */
@NullMarked
package io.telemetryrouter.internal.registry;

import org.jspecify.annotations.NullMarked;
