/**
 * Common code of several tests.
 */
package io.telemetryrouter.spring.test;
