package io.telemetryrouter.journal;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Lines that are written together. Guarded by the lock of {@link GroupCommit} until it is
 * taken to be written, and by {@link #done} afterwards.
 */
final class Batch {

	/** A batch of this size is written by the thread that made it so large. */
	static final int LIMIT = 256 << 10;

	/** From this size on, lines that no thread waits for are written at once. */
	static final int WORTHWHILE = 64 << 10;

	byte[] bytes;

	int size;

	int lines;

	/** The number of the first line. */
	long firstSequence;

	/** The write has ended. */
	boolean done;

	/** Why nothing is written, once done. */
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
