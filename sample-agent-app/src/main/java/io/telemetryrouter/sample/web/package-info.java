/**
 * Receives recorded runs over HTTP.
 */
@NullMarked
package io.telemetryrouter.sample.web;

import org.jspecify.annotations.NullMarked;
