package io.telemetryrouter.journal;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * File that lines are appended to. Not a {@code FileChannel}: an interrupt of the writing
 * thread would close it.
 */
interface SegmentFile extends Closeable {

	long length() throws IOException;

	/** Appends bytes. A failed call may have written a part of them. */
	void write(byte[] bytes, int length) throws IOException;

	void sync() throws IOException;

	/** Returns whether an offset is 0, or follows a line feed. */
	boolean hasLineEnd(long offset) throws IOException;

	/** Writes all bytes from an offset on again. */
	void rewrite(long offset) throws IOException;

	void truncate(long length) throws IOException;

	/**
	 * Opens files for appending.
	 */
	@FunctionalInterface
	interface Opener {

		/**
		 * Opens a file.
		 * @param file the file
		 * @param create whether to create it; fails if it exists, since another process
		 * may write to it
		 */
		SegmentFile open(Path file, boolean create) throws IOException;

	}

	/**
	 * A file of the file system.
	 */
	final class Real implements SegmentFile {

		private final RandomAccessFile file;

		Real(Path path, boolean create) throws IOException {
			if (create) {
				Files.createFile(path);
			}
			this.file = new RandomAccessFile(path.toFile(), "rw");
			this.file.seek(this.file.length());
		}

		@Override
		public long length() throws IOException {
			return this.file.length();
		}

		@Override
		public void write(byte[] bytes, int length) throws IOException {
			this.file.write(bytes, 0, length);
		}

		@Override
		public void sync() throws IOException {
			this.file.getFD().sync();
		}

		@Override
		public boolean hasLineEnd(long offset) throws IOException {
			if (offset == 0) {
				return true;
			}
			long end = this.file.getFilePointer();
			this.file.seek(offset - 1);
			int last = this.file.read();
			this.file.seek(end);
			return last == LineFormat.LINE_FEED;
		}

		@Override
		public void rewrite(long offset) throws IOException {
			byte[] bytes = new byte[64 << 10];
			long at = offset;
			this.file.seek(at);
			for (int count = this.file.read(bytes); count > 0; count = this.file.read(bytes)) {
				this.file.seek(at);
				this.file.write(bytes, 0, count);
				at += count;
			}
		}

		@Override
		public void truncate(long length) throws IOException {
			this.file.setLength(length);
			this.file.seek(length);
		}

		@Override
		public void close() throws IOException {
			this.file.close();
		}

	}

}
