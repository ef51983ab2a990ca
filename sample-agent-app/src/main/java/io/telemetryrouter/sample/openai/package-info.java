/**
 * Puts the recorded model behind the HTTP interface that clients of OpenAI know.
 */
@NullMarked
package io.telemetryrouter.sample.openai;

import org.jspecify.annotations.NullMarked;
