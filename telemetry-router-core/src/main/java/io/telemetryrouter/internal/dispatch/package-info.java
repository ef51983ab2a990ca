/**
 * The dispatch of events: {@link RouteCompiler} finds the route of an event by its name,
 * and {@link Dispatcher} passes the event to each handler of the route. A route has the
 * handlers of one name in order, and is compiled once.
 */
@NullMarked
package io.telemetryrouter.internal.dispatch;

import org.jspecify.annotations.NullMarked;
