/**
 * Holds the observers: guests that the agent does not know.
 */
@NullMarked
package io.telemetryrouter.sample.observe;

import org.jspecify.annotations.NullMarked;
