/**
 * The bounded queue of an asynchronous handler, its workers, the threads that run them,
 * and the events that a full queue spills to the recorder. A lane accesses its handler
 * only through the {@link LaneTarget} interface.
 */
@NullMarked
package io.telemetryrouter.internal.lane;

import org.jspecify.annotations.NullMarked;
