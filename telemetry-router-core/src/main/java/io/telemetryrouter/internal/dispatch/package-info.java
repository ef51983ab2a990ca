/**
 * The way of an event: from its name to its route, and from there to each handler.
 * {@link Routes}, which have the handlers of a name in order, are compiled here, once for
 * each name.
 */
@NullMarked
package io.telemetryrouter.internal.dispatch;

import org.jspecify.annotations.NullMarked;
