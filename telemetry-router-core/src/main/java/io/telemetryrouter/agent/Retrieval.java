package io.telemetryrouter.agent;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.TelemetryEventType;

/**
 * A search for documents, in a vector store for instance ({@code gen_ai.operation.name}
 * is {@code retrieval}).
 *
 * @since 0.1.0
 */
public sealed interface Retrieval {

	/**
	 * Returns the payload of the start event.
	 * @return the payload
	 */
	Started started();

	/**
	 * Returns the run that the retrieval belongs to.
	 * @return the run
	 */
	default Run run() {
		return started().run();
	}

	/**
	 * A retrieval started: event {@code retrieval.started}.
	 *
	 * @param run the run that the retrieval belongs to
	 * @param source the data source that is searched ({@code gen_ai.data_source.id})
	 * @param topK the maximum number of documents to return
	 * ({@code gen_ai.retrieval.top_k})
	 * @param query the query ({@code gen_ai.retrieval.query.text}); {@code null} unless
	 * captured
	 */
	@TelemetryEventType("retrieval.started")
	record Started(Run run, @Nullable String source, @Nullable Integer topK,
			@Nullable Content query) implements Retrieval {

		@Override
		public Started started() {
			return this;
		}

	}

	/**
	 * A retrieval completed: event {@code retrieval.completed}.
	 *
	 * @param started the payload of the start event
	 * @param duration the elapsed time, with nanosecond precision
	 * @param documents the number of documents that were found
	 * ({@code gen_ai.retrieval.documents})
	 */
	@TelemetryEventType("retrieval.completed")
	record Completed(Started started, Duration duration, @Nullable Integer documents) implements Retrieval {
	}

	/**
	 * A retrieval failed: event {@code retrieval.failed}.
	 *
	 * @param started the payload of the start event
	 * @param duration the elapsed time, with nanosecond precision
	 * @param failure the failure
	 */
	@TelemetryEventType("retrieval.failed")
	record Failed(Started started, Duration duration, Failure failure) implements Retrieval {
	}

	/**
	 * A retrieval was cancelled: event {@code retrieval.cancelled}.
	 *
	 * @param started the payload of the start event
	 * @param duration the elapsed time, with nanosecond precision
	 */
	@TelemetryEventType("retrieval.cancelled")
	record Cancelled(Started started, Duration duration) implements Retrieval {
	}

}
