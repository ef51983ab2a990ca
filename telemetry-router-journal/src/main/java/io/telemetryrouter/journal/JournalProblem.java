package io.telemetryrouter.journal;

/**
 * Something in a journal that a reader has left out.
 *
 * @param kind what it is
 * @param segment the file
 * @param offset where in the file it begins, in bytes
 * @param bytes how long it is, line feed included; 0 if nothing is there
 * @param firstSequence the first missing number, or that of a repeated line, or 0
 * @param lastSequence the last missing number, or that of a repeated line, or 0
 * @since 0.1.0
 */
public record JournalProblem(Kind kind, String segment, long offset, long bytes, long firstSequence,
		long lastSequence) {

	/**
	 * Returns the problem in one line.
	 * @return what, where and how much
	 */
	@Override
	public String toString() {
		String where = this.segment + " at byte " + this.offset + ": ";
		return where + switch (this.kind) {
			case DAMAGED -> "a line of " + this.bytes + " bytes has no valid checksum";
			case INVALID -> "a line of " + this.bytes + " bytes has a valid checksum but is not a journal's";
			case TOO_LONG -> this.bytes + " bytes without a line feed, of which a line may have " + LineFormat.MAX_LINE;
			case INCOMPLETE -> "the last line of the segment ends after " + this.bytes + " bytes";
			case REPEATED -> "line " + this.firstSequence + " comes again or too late";
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
		 * Bytes without a line feed, more than a line may have.
		 */
		TOO_LONG,

		/**
		 * The last line of a segment that another one follows has no line feed.
		 */
		INCOMPLETE,

		/**
		 * A line whose number is not higher than that of the line before.
		 */
		REPEATED,

		/**
		 * Numbers that no line has: lines were damaged or not written, or a segment is
		 * gone.
		 */
		MISSING,

		/**
		 * The file could not be opened, or read to its end.
		 */
		UNREADABLE

	}

}
