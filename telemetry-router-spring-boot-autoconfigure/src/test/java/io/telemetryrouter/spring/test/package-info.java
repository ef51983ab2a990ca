/**
 * What several tests share.
 */
package io.telemetryrouter.spring.test;
