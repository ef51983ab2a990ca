/**
 * Small tools that every other package may use. Events and handlers are unknown here.
 */
@NullMarked
package io.telemetryrouter.internal.support;

import org.jspecify.annotations.NullMarked;
