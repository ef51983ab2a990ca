/**
 * Contracts between emitters and listeners: the payload type of each event.
 */
@NullMarked
package io.telemetryrouter.spring.contracts;

import org.jspecify.annotations.NullMarked;
