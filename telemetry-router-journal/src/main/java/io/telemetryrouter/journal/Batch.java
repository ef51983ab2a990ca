package io.telemetryrouter.journal;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Lines that one write puts into a segment. Guarded by the lock of {@link GroupCommit}.
 * During its write, the writing thread reads it without the lock and no thread adds
 * lines.
 */
final class Batch {

	/** A thread whose line brings a batch to this size, in bytes, waits for its write. */
	static final int LIMIT = 256 << 10;

	/** Size in bytes from which a batch that no thread waits for is written at once. */
	static final int WORTHWHILE = 64 << 10;

	byte[] bytes;

	int size;

	int lines;

	/** The sequence number of the first line. */
	long firstSequence;

	/** Whether the write has ended. */
	boolean done;

	/** The failure of the write, once done; {@code null} if it succeeded. */
	@Nullable Throwable failure;

	Batch(byte[] bytes) {
		this.bytes = bytes;
	}

	void add(Line line, long sequence) {
		int length = line.size();
		if (this.size + length > this.bytes.length) {
			this.bytes = Arrays.copyOf(this.bytes, Math.max(this.bytes.length * 2, this.size + length));
		}
		line.copyTo(this.bytes, this.size, sequence);
		if (this.lines++ == 0) {
			this.firstSequence = sequence;
		}
		this.size += length;
	}

}
