/**
 * An append-only journal of events in files of JSON Lines, its reader and its replay.
 */
@NullMarked
package io.telemetryrouter.journal;

import org.jspecify.annotations.NullMarked;
