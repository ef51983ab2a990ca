/**
 * Shows an agent that reports what it does through the router.
 */
@NullMarked
package io.telemetryrouter.sample;

import org.jspecify.annotations.NullMarked;
