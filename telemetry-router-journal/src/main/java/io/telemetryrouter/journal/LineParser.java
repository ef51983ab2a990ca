package io.telemetryrouter.journal;

import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.zip.CRC32C;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * Checks and parses lines. Unknown members are skipped. Not thread-safe.
 */
final class LineParser {

	/**
	 * The maximum length of a line is the only limit, so that every written line can be
	 * read.
	 */
	private static final JsonFactory JSON = JsonFactory.builder()
		.streamReadConstraints(StreamReadConstraints.builder()
			.maxNestingDepth(LineFormat.MAX_LINE)
			.maxNameLength(LineFormat.MAX_LINE)
			.maxNumberLength(LineFormat.MAX_LINE)
			.maxStringLength(LineFormat.MAX_LINE)
			.build())
		.build();

	/** The length of the text of a time without fraction and zone. */
	private static final int SECOND = "2026-11-27T17:15:40".length();

	private final CRC32C checksum = new CRC32C();

	/** The epoch second of the last line's time; its text is {@code secondText}. */
	private long second;

	private String secondText = "";

	/** Returns whether a line, passed without its line feed, has a valid checksum. */
	boolean isIntact(byte[] bytes, int start, int length) {
		return LineFormat.isIntact(bytes, start, length, this.checksum);
	}

	/**
	 * Returns the record of an intact line.
	 * @return the record, or {@code null} if a journal cannot have written the line
	 */
	@Nullable JournalRecord parse(byte[] bytes, int start, int length) {
		byte[] line = Arrays.copyOfRange(bytes, start, start + length);
		Fields fields = new Fields();
		try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), line, 0, length)) {
			if (parser.nextToken() != JsonToken.START_OBJECT) {
				return null;
			}
			for (String name = parser.nextName(); name != null; name = parser.nextName()) {
				read(parser, name, fields);
			}
			boolean ended = parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null;
			return (ended && fields.isComplete()) ? new JournalRecord(line, fields) : null;
		}
		catch (RuntimeException ex) {
			// The checksum is valid, but the line is no JSON, or a member has the wrong
			// form.
			return null;
		}
	}

	private void read(JsonParser parser, String name, Fields fields) {
		JsonToken token = parser.nextToken();
		switch (name) {
			case "specversion" -> fields.version = parser.getString();
			case "id" -> fields.id = parser.getString();
			case "source" -> fields.source = parser.getString();
			case "type" -> fields.type = parser.getString();
			case "time" -> fields.time = time(parser.getString());
			case "runid" -> fields.runId = parser.getString();
			case "parentrunid" -> fields.parentRunId = parser.getString();
			case "causationid" -> fields.causationId = parser.getString();
			case "traceparent" -> fields.traceparent = parser.getString();
			case "dataschema" -> fields.dataSchema = parser.getString();
			case "datastatus" -> fields.status = DataStatus.valueOf(parser.getString().toUpperCase(Locale.ROOT));
			case "sequence" -> fields.sequence = Long.parseLong(parser.getString());
			case "data" -> {
				if (token != JsonToken.VALUE_NULL) {
					fields.dataStart = (int) parser.currentTokenLocation().getByteOffset();
					parser.skipChildren();
					parser.finishToken();
					fields.dataEnd = (int) parser.currentLocation().getByteOffset();
				}
			}
			default -> parser.skipChildren();
		}
	}

	/** Parses like {@link Instant#parse}, but each second only once. */
	private Instant time(String text) {
		int end = text.length() - 1;
		if (end <= SECOND + 1 || end > SECOND + 10 || text.charAt(SECOND) != '.' || text.charAt(end) != 'Z') {
			return Instant.parse(text);
		}
		long nanos = 0;
		for (int i = SECOND + 1; i <= SECOND + 9; i++) {
			int digit = (i < end) ? text.charAt(i) - '0' : 0;
			if (digit < 0 || digit > 9) {
				return Instant.parse(text);
			}
			nanos = nanos * 10 + digit;
		}
		if (!text.regionMatches(0, this.secondText, 0, SECOND)) {
			String secondText = text.substring(0, SECOND);
			this.second = Instant.parse(secondText + "Z").getEpochSecond();
			this.secondText = secondText;
		}
		return Instant.ofEpochSecond(this.second, nanos);
	}

	/** Returns a field that {@link Fields#isComplete()} has checked. */
	static <T> T present(@Nullable T field) {
		return Objects.requireNonNull(field);
	}

	/**
	 * The members of a line.
	 */
	static final class Fields {

		@Nullable String version;

		@Nullable String id;

		@Nullable String source;

		@Nullable String type;

		@Nullable Instant time;

		@Nullable String runId;

		@Nullable String parentRunId;

		@Nullable String causationId;

		@Nullable String traceparent;

		@Nullable String dataSchema;

		DataStatus status = DataStatus.COMPLETE;

		long sequence;

		int dataStart;

		int dataEnd;

		private boolean isComplete() {
			return "1.0".equals(this.version) && this.id != null && this.source != null && this.type != null
					&& this.time != null && this.sequence > 0;
		}

	}

}
