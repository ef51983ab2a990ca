/**
 * The event handlers, which the agent does not depend on.
 */
@NullMarked
package io.telemetryrouter.sample.observe;

import org.jspecify.annotations.NullMarked;
