/**
 * Auto-configuration of the common beans of adapters to agent frameworks.
 */
@NullMarked
package io.telemetryrouter.spring.autoconfigure.agent;

import org.jspecify.annotations.NullMarked;
