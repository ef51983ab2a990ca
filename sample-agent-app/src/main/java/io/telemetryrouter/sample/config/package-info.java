/**
 * Holds the sample's settings and puts its agent together.
 */
@NullMarked
package io.telemetryrouter.sample.config;

import org.jspecify.annotations.NullMarked;
