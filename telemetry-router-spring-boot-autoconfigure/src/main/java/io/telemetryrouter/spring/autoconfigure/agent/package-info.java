/**
 * Auto-configuration of what adapters to agent frameworks share.
 */
@NullMarked
package io.telemetryrouter.spring.autoconfigure.agent;

import org.jspecify.annotations.NullMarked;
