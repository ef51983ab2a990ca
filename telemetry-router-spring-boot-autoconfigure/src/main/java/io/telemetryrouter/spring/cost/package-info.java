/**
 * Costs of model calls, and budgets.
 */
@NullMarked
package io.telemetryrouter.spring.cost;

import org.jspecify.annotations.NullMarked;
