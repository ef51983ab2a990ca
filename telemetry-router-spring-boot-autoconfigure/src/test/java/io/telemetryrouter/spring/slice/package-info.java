/**
 * Tests as users of the starter write them.
 */
package io.telemetryrouter.spring.slice;
