package io.telemetryrouter.journal;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The end of a line: {@code ,"sequence":"<19 digits>","crc":"<8 hexadecimal digits>"}}
 * and a line feed. The checksum is CRC-32C over all bytes of the line before
 * {@code ,"crc"}. Both members have a fixed width, so that a line can be checked before
 * it is parsed.
 */
final class LineFormat {

	/** Maximum length of a line, line feed included, and so of a reader's buffer. */
	static final int MAX_LINE = 4 << 20;

	static final byte LINE_FEED = '\n';

	private static final int SEQUENCE_DIGITS = 19;

	private static final int CRC_DIGITS = 8;

	private static final byte[] SEQUENCE = ",\"sequence\":\"".getBytes(StandardCharsets.US_ASCII);

	private static final byte[] CRC = ",\"crc\":\"".getBytes(StandardCharsets.US_ASCII);

	private static final int CRC_MEMBER = CRC.length + CRC_DIGITS + 2;

	private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

	/** Number of bytes that {@link #end} adds, line feed included. */
	static final int END = SEQUENCE.length + SEQUENCE_DIGITS + 1 + CRC_MEMBER + 1;

	private LineFormat() {
	}

	/**
	 * Ends a line in place.
	 * @param line the array that contains the line, with room for {@link #END} more bytes
	 * @param end the index after the last byte of the line
	 * @param checksum the checksum of the line's bytes so far
	 * @param sequence the sequence number of the line
	 */
	static void end(byte[] line, int end, CRC32C checksum, long sequence) {
		int at = put(line, end, SEQUENCE);
		decimal(line, at, SEQUENCE_DIGITS, sequence);
		at += SEQUENCE_DIGITS;
		line[at++] = '"';
		checksum.update(line, end, at - end);
		at = put(line, at, CRC);
		hex(line, at, CRC_DIGITS, checksum.getValue());
		at += CRC_DIGITS;
		line[at++] = '"';
		line[at++] = '}';
		line[at] = LINE_FEED;
	}

	private static int put(byte[] line, int at, byte[] text) {
		System.arraycopy(text, 0, line, at, text.length);
		return at + text.length;
	}

	/** Writes the last digits of a number that is not negative. */
	static void decimal(byte[] target, int at, int digits, long value) {
		long rest = value;
		for (int i = at + digits - 1; i >= at; i--) {
			target[i] = (byte) ('0' + rest % 10);
			rest /= 10;
		}
	}

	/** Writes the last hexadecimal digits of a number. */
	static void hex(byte[] target, int at, int digits, long value) {
		long rest = value;
		for (int i = at + digits - 1; i >= at; i--) {
			target[i] = HEX[(int) rest & 0xf];
			rest >>>= 4;
		}
	}

	/** Returns whether a line, passed without its line feed, has a valid checksum. */
	static boolean isIntact(byte[] bytes, int start, int length, CRC32C checksum) {
		int covered = length - CRC_MEMBER;
		if (covered <= 0) {
			return false;
		}
		int at = start + covered;
		for (byte expected : CRC) {
			if (bytes[at++] != expected) {
				return false;
			}
		}
		checksum.reset();
		checksum.update(bytes, start, covered);
		int crc = (int) checksum.getValue();
		for (int shift = 28; shift >= 0; shift -= 4) {
			if (bytes[at++] != HEX[(crc >>> shift) & 0xf]) {
				return false;
			}
		}
		return bytes[at] == '"' && bytes[at + 1] == '}';
	}

}
