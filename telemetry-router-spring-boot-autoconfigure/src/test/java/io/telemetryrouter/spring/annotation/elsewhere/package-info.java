/**
 * Listeners of another package than the tests.
 */
package io.telemetryrouter.spring.annotation.elsewhere;
