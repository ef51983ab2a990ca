/**
 * Auto-configuration of the journal.
 */
@NullMarked
package io.telemetryrouter.spring.autoconfigure.journal;

import org.jspecify.annotations.NullMarked;
