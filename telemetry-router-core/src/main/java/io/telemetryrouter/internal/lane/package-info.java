/**
 * The bounded queue of an asynchronous handler, its workers, and the threads that run
 * them. A lane knows its handler by an interface to invoke, drop and fail.
 */
@NullMarked
package io.telemetryrouter.internal.lane;

import org.jspecify.annotations.NullMarked;
