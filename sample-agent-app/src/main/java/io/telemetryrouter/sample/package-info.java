/**
 * Sample application: an agent that emits its activities through the router.
 */
@NullMarked
package io.telemetryrouter.sample;

import org.jspecify.annotations.NullMarked;
