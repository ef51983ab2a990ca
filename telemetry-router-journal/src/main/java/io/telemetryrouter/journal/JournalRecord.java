package io.telemetryrouter.journal;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectReader;

/**
 * Line of a journal with a valid checksum: a CloudEvents 1.0 event. Immutable.
 *
 * @since 0.1.0
 */
public final class JournalRecord {

	private final byte[] line;

	private final LineParser.Fields fields;

	JournalRecord(byte[] line, LineParser.Fields fields) {
		this.line = line;
		this.fields = fields;
	}

	/**
	 * Returns the sequence number of the line, which increases by one through all
	 * segments. It is not the sequence number of the event's envelope, which starts again
	 * with each router.
	 * @return the number, from 1
	 */
	public long sequence() {
		return this.fields.sequence;
	}

	/**
	 * Returns the event's id.
	 * @return the id
	 */
	public String id() {
		return LineParser.present(this.fields.id);
	}

	/**
	 * Returns the application that wrote the line: the {@code source} of CloudEvents.
	 * @return a URI reference
	 */
	public String source() {
		return LineParser.present(this.fields.source);
	}

	/**
	 * Returns the event's name: the {@code type} of CloudEvents.
	 * @return the name
	 */
	public String name() {
		return LineParser.present(this.fields.type);
	}

	/**
	 * Returns the time at which the event was emitted.
	 * @return the time
	 */
	public Instant time() {
		return LineParser.present(this.fields.time);
	}

	/**
	 * Returns the run that the event belongs to.
	 * @return the run's id or {@code null}
	 */
	public @Nullable String runId() {
		return this.fields.runId;
	}

	/**
	 * Returns the run that the event's run is nested in.
	 * @return the run's id or {@code null}
	 */
	public @Nullable String parentRunId() {
		return this.fields.parentRunId;
	}

	/**
	 * Returns the id of the event whose handler emitted this one.
	 * @return the id or {@code null}
	 */
	public @Nullable String causationId() {
		return this.fields.causationId;
	}

	/**
	 * Returns the trace that the event belongs to.
	 * @return a {@code traceparent} of W3C Trace Context or {@code null}
	 */
	public @Nullable String traceparent() {
		return this.fields.traceparent;
	}

	/**
	 * Returns the schema of the payload.
	 * @return a URI or {@code null}
	 */
	public @Nullable String dataSchema() {
		return this.fields.dataSchema;
	}

	/**
	 * Returns the status of the payload.
	 * @return the status
	 */
	public DataStatus dataStatus() {
		return this.fields.status;
	}

	/**
	 * Returns the payload.
	 * @return its JSON, or {@code null} if {@code null} was emitted
	 */
	public @Nullable String data() {
		return hasData() ? new String(this.line, this.fields.dataStart, this.fields.dataEnd - this.fields.dataStart,
				StandardCharsets.UTF_8) : null;
	}

	boolean hasData() {
		return this.fields.dataEnd != 0;
	}

	/** Reads the payload, if there is one. */
	<T> T data(ObjectReader reader) {
		return reader.readValue(this.line, this.fields.dataStart, this.fields.dataEnd - this.fields.dataStart);
	}

	/**
	 * Returns the whole line.
	 * @return its JSON, without the line feed
	 */
	public String line() {
		return new String(this.line, StandardCharsets.UTF_8);
	}

	int length() {
		return this.line.length;
	}

	/** Omits the payload, because the text may be logged. */
	@Override
	public String toString() {
		return "JournalRecord[sequence=" + sequence() + ", id=" + id() + "]";
	}

}
