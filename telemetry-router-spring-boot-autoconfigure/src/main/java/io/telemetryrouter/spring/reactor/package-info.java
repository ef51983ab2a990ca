/**
 * Emitting from Reactor.
 */
@NullMarked
package io.telemetryrouter.spring.reactor;

import org.jspecify.annotations.NullMarked;
