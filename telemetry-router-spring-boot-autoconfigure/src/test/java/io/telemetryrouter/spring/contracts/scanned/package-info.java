/** An application whose contracts are found by scanning. */
package io.telemetryrouter.spring.contracts.scanned;
