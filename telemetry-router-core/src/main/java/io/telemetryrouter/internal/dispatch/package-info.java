/**
 * The dispatch of events: {@link RouteCompiler} computes the handlers of an event name in
 * order, its route, {@link RouteCache} keeps the routes, and {@link Dispatcher} passes
 * each event to the handlers of its route.
 */
@NullMarked
package io.telemetryrouter.internal.dispatch;

import org.jspecify.annotations.NullMarked;
