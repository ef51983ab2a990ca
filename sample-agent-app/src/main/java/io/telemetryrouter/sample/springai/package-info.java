/**
 * The agent built with Spring AI: profile {@code spring-ai}.
 */
@NullMarked
package io.telemetryrouter.sample.springai;

import org.jspecify.annotations.NullMarked;
