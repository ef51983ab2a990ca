package io.telemetryrouter.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import java.util.zip.CRC32C;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

import io.telemetryrouter.TelemetryEvent;

/**
 * Encodes the line of an event, except its sequence number and checksum. Instances are
 * reused. Not thread-safe.
 */
final class Line {

	private static final JsonFactory JSON = JsonFactory.builder()
		.disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
		.build();

	/**
	 * Maximum size of the attributes in bytes. The rest of a line has room for the
	 * longest payload, and for the stub of a truncated payload: escaping the beginning of
	 * its JSON at most doubles it.
	 */
	private static final int MAX_ATTRIBUTES = 512 << 10;

	private static final byte[] ID = ascii("{\"specversion\":\"1.0\",\"id\":\"");

	private static final byte[] SOURCE = ascii("\",\"source\":");

	private static final byte[] TYPE = ascii(",\"type\":");

	private static final byte[] TIME = ascii(",\"time\":\"");

	private static final byte[] RUN = ascii(",\"runid\":");

	private static final byte[] PARENT_RUN = ascii(",\"parentrunid\":");

	private static final byte[] CAUSE = ascii(",\"causationid\":\"");

	private static final byte[] TRACE = ascii(",\"traceparent\":");

	private static final byte[] CONTENT_TYPE = ascii(",\"datacontenttype\":\"application/json\"");

	private static final byte[] SCHEMA = ascii(",\"dataschema\":");

	private static final byte[] DATA = ascii(",\"data\":");

	private static final byte[] REDACTED = ascii(",\"datastatus\":\"redacted\"");

	private static final byte[] TRUNCATED = ascii(",\"datastatus\":\"truncated\"");

	private final JournalOptions options;

	private final LineBuffer buffer = new LineBuffer();

	private final CRC32C checksum = new CRC32C();

	private DataStatus status = DataStatus.COMPLETE;

	private @Nullable Throwable encoderFailure;

	/**
	 * The epoch second of the last line's time; its text without the zone is
	 * {@code secondText}.
	 */
	private long second = Long.MIN_VALUE;

	private byte[] secondText = {};

	Line(JournalOptions options) {
		this.options = options;
	}

	private static byte[] ascii(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

	/** Returns the status of the payload in the last line. */
	DataStatus status() {
		return this.status;
	}

	/** Returns the exception because of which the last line is redacted. */
	@Nullable Throwable encoderFailure() {
		return this.encoderFailure;
	}

	int capacity() {
		return this.buffer.capacity();
	}

	/** Returns the size of the complete line, with its line feed. */
	int size() {
		return this.buffer.size() + LineFormat.END;
	}

	/**
	 * Encodes the line of an event.
	 * @return {@code false} if it would be too long
	 * @throws IOException never in practice: the buffer is in memory
	 */
	boolean encode(TelemetryEvent<?> event) throws IOException {
		this.status = DataStatus.COMPLETE;
		this.encoderFailure = null;
		this.buffer.truncate(0);
		this.buffer.limit(MAX_ATTRIBUTES);
		try {
			writeAttributes(event);
			Object payload = event.payload();
			if (payload != null) {
				writeData(event.name(), payload);
			}
		}
		catch (RuntimeException | IOException ex) {
			if (this.buffer.isFull()) {
				return false;
			}
			throw ex;
		}
		this.checksum.reset();
		this.checksum.update(this.buffer.bytes(), 0, this.buffer.size());
		return true;
	}

	/** Copies the line, and appends its sequence number and checksum to the copy. */
	void copyTo(byte[] target, int at, long sequence) {
		int end = this.buffer.size();
		System.arraycopy(this.buffer.bytes(), 0, target, at, end);
		LineFormat.end(target, at + end, this.checksum, sequence);
	}

	/** Writes bytes directly: most of a line is constant or consists of digits. */
	private void writeAttributes(TelemetryEvent<?> event) throws IOException {
		EventAttributes attributes = this.options.attributes;
		this.buffer.write(ID);
		this.buffer.writeUuid(event.id());
		this.buffer.write(SOURCE);
		writeText(this.options.source);
		this.buffer.write(TYPE);
		writeText(event.name());
		this.buffer.write(TIME);
		writeTime(event.timestamp());
		writeOptional(RUN, attributes.runId(event));
		writeOptional(PARENT_RUN, attributes.parentRunId(event));
		UUID cause = event.causationId();
		if (cause != null) {
			this.buffer.write(CAUSE);
			this.buffer.writeUuid(cause);
			this.buffer.write('"');
		}
		writeOptional(TRACE, attributes.traceparent(event));
		if (event.payload() != null) {
			this.buffer.write(CONTENT_TYPE);
			writeOptional(SCHEMA, attributes.dataSchema(event));
		}
	}

	private void writeOptional(byte[] member, @Nullable String value) throws IOException {
		if (value != null) {
			this.buffer.write(member);
			writeText(value);
		}
	}

	private void writeText(String text) throws IOException {
		if (!this.buffer.writePlain(text)) {
			try (JsonGenerator out = generator()) {
				out.writeString(text);
			}
		}
	}

	private JsonGenerator generator() {
		return JSON.createGenerator(ObjectWriteContext.empty(), this.buffer);
	}

	/** Formats like {@link Instant#toString()}, but each second only once. */
	private void writeTime(Instant time) throws IOException {
		if (time.getEpochSecond() != this.second) {
			this.second = time.getEpochSecond();
			String text = Instant.ofEpochSecond(this.second).toString();
			this.secondText = ascii(text.substring(0, text.length() - 1));
		}
		this.buffer.write(this.secondText);
		int nanos = time.getNano();
		if (nanos != 0) {
			this.buffer.write('.');
			this.buffer.writeDecimal(9, nanos);
			int zeros = (nanos % 1_000_000 == 0) ? 6 : (nanos % 1_000 == 0) ? 3 : 0;
			this.buffer.truncate(this.buffer.size() - zeros);
		}
		this.buffer.write('Z');
		this.buffer.write('"');
	}

	private void writeData(String event, Object payload) throws IOException {
		int start = this.buffer.size();
		this.buffer.limit(LineFormat.MAX_LINE - LineFormat.END);
		this.buffer.write(DATA);
		int data = this.buffer.size();
		this.buffer.limit(data + this.options.maxPayload);
		boolean complete = encode(event, payload);
		boolean cut = this.buffer.isFull();
		this.buffer.limit(LineFormat.MAX_LINE - LineFormat.END);
		if (complete && !cut) {
			this.buffer.replaceLineFeeds(data);
		}
		else {
			writeStub(start, payload.getClass().getName(), cut ? beginning(data) : null);
		}
	}

	/** Returns whether the encoder wrote exactly one complete value. */
	@SuppressWarnings("try")
	private boolean encode(String event, Object payload) {
		JsonGenerator out = generator();
		try {
			this.options.encoder.encode(event, payload, out);
			boolean one = out.streamWriteContext().inRoot() && out.streamWriteContext().getEntryCount() == 1;
			out.close();
			return one;
		}
		catch (Throwable ex) {
			// Fails closed on any throwable: the line keeps the class name only.
			this.encoderFailure = this.buffer.isFull() ? null : ex;
			return false;
		}
	}

	/**
	 * Decodes the bytes from an index on. A character that the limit has split is
	 * replaced.
	 */
	private String beginning(int from) {
		return new String(this.buffer.bytes(), from, this.buffer.size() - from, StandardCharsets.UTF_8) + "\u2026";
	}

	private void writeStub(int start, String type, @Nullable String beginning) throws IOException {
		this.status = (beginning != null) ? DataStatus.TRUNCATED : DataStatus.REDACTED;
		this.buffer.truncate(start);
		this.buffer.write((beginning != null) ? TRUNCATED : REDACTED);
		this.buffer.write(DATA);
		try (JsonGenerator out = generator()) {
			out.writeStartObject();
			out.writeStringProperty("type", type);
			if (beginning != null) {
				out.writeStringProperty("beginning", beginning);
			}
			out.writeEndObject();
		}
	}

}
