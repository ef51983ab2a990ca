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
 * Makes the line of an event, all but its number and checksum. Reused. Not thread-safe.
 */
final class Line {

	private static final JsonFactory JSON = JsonFactory.builder()
		.disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
		.build();

	/**
	 * Leaves room for the longest payload, and for its stub: as a text, it is at most
	 * twice as long.
	 */
	private static final int MAX_ATTRIBUTES = 512 << 10;

	private static final byte[] DATA = ",\"data\":".getBytes(StandardCharsets.US_ASCII);

	private static final byte[] REDACTED = ",\"datastatus\":\"redacted\"".getBytes(StandardCharsets.US_ASCII);

	private static final byte[] TRUNCATED = ",\"datastatus\":\"truncated\"".getBytes(StandardCharsets.US_ASCII);

	private final JournalOptions options;

	private final LineBuffer buffer = new LineBuffer();

	private final CRC32C checksum = new CRC32C();

	private DataStatus status = DataStatus.COMPLETE;

	private @Nullable Throwable encoderFailure;

	/** The second of the last line's time, and its text without the zone. */
	private long second = Long.MIN_VALUE;

	private String secondText = "";

	Line(JournalOptions options) {
		this.options = options;
	}

	/** Returns what the last line has of its payload. */
	DataStatus status() {
		return this.status;
	}

	/** Returns why the last line is redacted. */
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
	 * Makes the line of an event.
	 * @return {@code false} if it would be too long
	 * @throws IOException never in practice: bytes go to memory
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

	/** Copies the line and ends it there. */
	void copyTo(byte[] target, int at, long sequence) {
		int end = this.buffer.size();
		System.arraycopy(this.buffer.bytes(), 0, target, at, end);
		LineFormat.end(target, at + end, this.checksum, sequence);
	}

	private void writeAttributes(TelemetryEvent<?> event) {
		EventAttributes attributes = this.options.attributes;
		try (JsonGenerator out = JSON.createGenerator(ObjectWriteContext.empty(), this.buffer)) {
			out.writeStartObject();
			out.writeStringProperty("specversion", "1.0");
			out.writeStringProperty("id", event.id().toString());
			out.writeStringProperty("source", this.options.source);
			out.writeStringProperty("type", event.name());
			out.writeStringProperty("time", time(event.timestamp()));
			writeOptional(out, "runid", attributes.runId(event));
			UUID cause = event.causationId();
			writeOptional(out, "causationid", (cause != null) ? cause.toString() : null);
			writeOptional(out, "traceparent", attributes.traceparent(event));
			if (event.payload() != null) {
				out.writeStringProperty("datacontenttype", "application/json");
				writeOptional(out, "dataschema", attributes.dataSchema(event));
			}
		}
	}

	/** As {@link Instant#toString()}, but formats each second only once. */
	private String time(Instant time) {
		if (time.getEpochSecond() != this.second) {
			this.second = time.getEpochSecond();
			String text = Instant.ofEpochSecond(this.second).toString();
			this.secondText = text.substring(0, text.length() - 1);
		}
		int nanos = time.getNano();
		if (nanos == 0) {
			return this.secondText + "Z";
		}
		int digits = (nanos % 1_000_000 == 0) ? 3 : (nanos % 1_000 == 0) ? 6 : 9;
		return this.secondText + "." + Integer.toString(1_000_000_000 + nanos).substring(1, 1 + digits) + "Z";
	}

	private static void writeOptional(JsonGenerator out, String name, @Nullable String value) {
		if (value != null) {
			out.writeStringProperty(name, value);
		}
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

	/** Returns whether one complete value was written. */
	@SuppressWarnings("try")
	private boolean encode(String event, Object payload) {
		JsonGenerator out = JSON.createGenerator(ObjectWriteContext.empty(), this.buffer);
		try {
			this.options.encoder.encode(event, payload, out);
			boolean one = out.streamWriteContext().inRoot() && out.streamWriteContext().getEntryCount() == 1;
			out.close();
			return one;
		}
		catch (Throwable ex) {
			// Fails closed, whatever it is: the line keeps the class name only.
			this.encoderFailure = this.buffer.isFull() ? null : ex;
			return false;
		}
	}

	/** A character may be cut in two: what is left of it is replaced. */
	private String beginning(int from) {
		return new String(this.buffer.bytes(), from, this.buffer.size() - from, StandardCharsets.UTF_8) + "\u2026";
	}

	private void writeStub(int start, String type, @Nullable String beginning) throws IOException {
		this.status = (beginning != null) ? DataStatus.TRUNCATED : DataStatus.REDACTED;
		this.buffer.truncate(start);
		this.buffer.write((beginning != null) ? TRUNCATED : REDACTED);
		this.buffer.write(DATA);
		try (JsonGenerator out = JSON.createGenerator(ObjectWriteContext.empty(), this.buffer)) {
			out.writeStartObject();
			out.writeStringProperty("type", type);
			writeOptional(out, "beginning", beginning);
			out.writeEndObject();
		}
	}

}
