/**
 * The command line tool for journals.
 */
@NullMarked
package io.telemetryrouter.journal.cli;

import org.jspecify.annotations.NullMarked;
