/**
 * Agents built with Spring AI: their observations as events.
 */
@NullMarked
package io.telemetryrouter.spring.ai;

import org.jspecify.annotations.NullMarked;
