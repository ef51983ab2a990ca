package io.telemetryrouter.journal;

/**
 * Damage or gap that a reader of a journal has found and skipped.
 *
 * @param kind the kind of problem
 * @param segment the name of the segment's file
 * @param offset the offset in the file at which it begins, in bytes
 * @param bytes its length, line feed included; 0 for missing lines and unreadable
 * segments
 * @param firstSequence the first missing sequence number, or that of a repeated line, or
 * 0
 * @param lastSequence the last missing sequence number, or that of a repeated line, or 0
 * @since 0.1.0
 */
public record JournalProblem(Kind kind, String segment, long offset, long bytes, long firstSequence,
		long lastSequence) {

	/**
	 * Returns the problem in one line.
	 * @return the segment, the offset and the kind of problem
	 */
	@Override
	public String toString() {
		String where = this.segment + " at byte " + this.offset + ": ";
		return where + switch (this.kind) {
			case DAMAGED -> "a line of " + this.bytes + " bytes has no valid checksum";
			case INVALID -> "a line of " + this.bytes + " bytes has a valid checksum but is no journal line";
			case TOO_LONG -> this.bytes + " bytes without a line feed; a line has at most " + LineFormat.MAX_LINE;
			case INCOMPLETE -> "the last line of the segment ends after " + this.bytes + " bytes";
			case REPEATED -> "line " + this.firstSequence + " is repeated or out of order";
			case MISSING -> (this.firstSequence == this.lastSequence) ? "line " + this.firstSequence + " is missing"
					: "lines " + this.firstSequence + " to " + this.lastSequence + " are missing";
			case UNREADABLE -> "the segment cannot be read from there";
		};
	}

	/**
	 * Kinds of problems.
	 */
	public enum Kind {

		/**
		 * A line without a checksum, or with one that does not match.
		 */
		DAMAGED,

		/**
		 * A line with a valid checksum that a journal cannot have written.
		 */
		INVALID,

		/**
		 * More bytes without a line feed than {@link Journal#MAX_LINE}.
		 */
		TOO_LONG,

		/**
		 * The last line of a segment has no line feed, although a later segment exists.
		 */
		INCOMPLETE,

		/**
		 * A line whose sequence number is not higher than that of the line before.
		 */
		REPEATED,

		/**
		 * Sequence numbers without a line: lines were damaged or not written, or a
		 * segment was deleted.
		 */
		MISSING,

		/**
		 * The file could not be opened, or read to its end.
		 */
		UNREADABLE

	}

}
