package io.telemetryrouter.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/**
 * Files whose failures a test decides.
 */
final class FaultyDisk implements SegmentFile.Opener {

	/** Bytes that are written before a write fails, or -1. */
	volatile int room = -1;

	volatile boolean failsSync;

	volatile boolean failsTruncate;

	volatile boolean failsOpen;

	volatile boolean failsClose;

	/** Is given the number of lines before their write ends. */
	volatile LongConsumer afterWrite = (lines) -> {
	};

	/** A sync waits for it. */
	volatile CountDownLatch syncMayEnd = new CountDownLatch(0);

	/**
	 * Bytes that a later sync does not write, since they were written before a failed
	 * one.
	 */
	volatile long dropped;

	private long unsynced;

	final AtomicInteger syncsBegun = new AtomicInteger();

	@Override
	public SegmentFile open(Path path, boolean create) throws IOException {
		if (this.failsOpen) {
			throw new IOException("No space left on device");
		}
		SegmentFile file = new SegmentFile.Real(path, create);
		return new SegmentFile() {

			@Override
			public long length() throws IOException {
				return file.length();
			}

			@Override
			public void write(byte[] bytes, int length) throws IOException {
				int room = FaultyDisk.this.room;
				if (room >= 0) {
					file.write(bytes, Math.min(room, length));
					throw new IOException("No space left on device");
				}
				file.write(bytes, length);
				FaultyDisk.this.unsynced += length;
				FaultyDisk.this.afterWrite
					.accept(IntStream.range(0, length).filter((i) -> bytes[i] == LineFormat.LINE_FEED).count());
			}

			@Override
			public void sync() throws IOException {
				FaultyDisk.this.syncsBegun.incrementAndGet();
				awaitEnd();
				if (FaultyDisk.this.failsSync) {
					FaultyDisk.this.dropped += FaultyDisk.this.unsynced;
					FaultyDisk.this.unsynced = 0;
					throw new IOException("Input/output error");
				}
				file.sync();
				FaultyDisk.this.unsynced = 0;
			}

			@Override
			public boolean hasLineEnd(long offset) throws IOException {
				return file.hasLineEnd(offset);
			}

			@Override
			public void rewrite(long offset) throws IOException {
				file.rewrite(offset);
				long rewritten = file.length() - offset;
				FaultyDisk.this.dropped += FaultyDisk.this.unsynced - rewritten;
				FaultyDisk.this.unsynced = rewritten;
			}

			@Override
			public void truncate(long length) throws IOException {
				if (FaultyDisk.this.failsTruncate) {
					throw new IOException("Input/output error");
				}
				file.truncate(length);
			}

			@Override
			public void close() throws IOException {
				file.close();
				if (FaultyDisk.this.failsClose) {
					throw new IOException("Input/output error");
				}
			}

		};
	}

	private void awaitEnd() {
		try {
			this.syncMayEnd.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
