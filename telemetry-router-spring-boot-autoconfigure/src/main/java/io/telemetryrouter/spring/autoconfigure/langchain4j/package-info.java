/**
 * Auto-configuration of the adapter to LangChain4j.
 */
@NullMarked
package io.telemetryrouter.spring.autoconfigure.langchain4j;

import org.jspecify.annotations.NullMarked;
