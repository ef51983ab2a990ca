/**
 * The registered handlers, their options and accounts, and the statistics of each event
 * name. The registry decides which handlers get an event, and not how the event reaches
 * them.
 */
@NullMarked
package io.telemetryrouter.internal.registry;

import org.jspecify.annotations.NullMarked;
