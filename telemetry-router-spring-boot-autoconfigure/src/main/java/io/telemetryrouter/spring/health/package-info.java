/**
 * Health details of the router.
 */
@NullMarked
package io.telemetryrouter.spring.health;

import org.jspecify.annotations.NullMarked;
