/**
 * The agent built with LangChain4j: profile {@code langchain4j}.
 */
@NullMarked
package io.telemetryrouter.sample.langchain4j;

import org.jspecify.annotations.NullMarked;
