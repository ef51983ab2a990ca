/**
 * Small utilities for every other package, independent of events and handlers.
 */
@NullMarked
package io.telemetryrouter.internal.support;

import org.jspecify.annotations.NullMarked;
