/**
 * Contracts between emitters and listeners: the shape of each event's payload.
 */
@NullMarked
package io.telemetryrouter.spring.contracts;

import org.jspecify.annotations.NullMarked;
