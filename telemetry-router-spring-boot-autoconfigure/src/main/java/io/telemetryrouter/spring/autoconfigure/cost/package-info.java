/**
 * Auto-configuration of costs and budgets.
 */
@NullMarked
package io.telemetryrouter.spring.autoconfigure.cost;

import org.jspecify.annotations.NullMarked;
