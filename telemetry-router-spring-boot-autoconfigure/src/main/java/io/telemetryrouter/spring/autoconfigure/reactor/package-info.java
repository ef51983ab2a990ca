/**
 * Auto-configuration of the emitter for Reactor.
 */
@NullMarked
package io.telemetryrouter.spring.autoconfigure.reactor;

import org.jspecify.annotations.NullMarked;
