/**
 * What model calls cost, and budgets.
 */
@NullMarked
package io.telemetryrouter.spring.cost;

import org.jspecify.annotations.NullMarked;
