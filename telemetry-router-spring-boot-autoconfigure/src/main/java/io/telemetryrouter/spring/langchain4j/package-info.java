/**
 * Adapter to LangChain4j: emits events of its AI services, models, tools and retrievers.
 */
@NullMarked
package io.telemetryrouter.spring.langchain4j;

import org.jspecify.annotations.NullMarked;
