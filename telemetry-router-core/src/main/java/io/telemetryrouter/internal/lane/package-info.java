/**
 * The bounded queue of an asynchronous handler, its workers, the threads that run them,
 * and what a full queue has spilled. A lane knows its handler by an interface to invoke,
 * drop and fail.
 */
@NullMarked
package io.telemetryrouter.internal.lane;

import org.jspecify.annotations.NullMarked;
