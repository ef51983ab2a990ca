/**
 * Serves the recorded model by the HTTP interface of OpenAI's chat completions.
 */
@NullMarked
package io.telemetryrouter.sample.openai;

import org.jspecify.annotations.NullMarked;
