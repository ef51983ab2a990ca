/**
 * Agents built with LangChain4j: its AI services, models and tools as events.
 */
@NullMarked
package io.telemetryrouter.spring.langchain4j;

import org.jspecify.annotations.NullMarked;
