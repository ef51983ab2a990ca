/**
 * Small tools that every other package may use. Nothing here knows of events or handlers.
 */
@NullMarked
package io.telemetryrouter.internal.support;

import org.jspecify.annotations.NullMarked;
