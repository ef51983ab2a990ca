/**
 * Auto-configuration of contracts.
 */
@NullMarked
package io.telemetryrouter.spring.autoconfigure.contracts;

import org.jspecify.annotations.NullMarked;
