package io.telemetryrouter.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Lock that admits one writer to a folder. It is a lock on a file in the folder, which
 * the operating system releases when the process ends. On POSIX systems, a second open
 * and close of the file in the same process would release the lock. So a system property
 * marks each locked folder, which other class loaders of the process see, too.
 */
final class FolderLock implements Closeable {

	private static final String FILE = "journal.lock";

	private static final String MARK = "io.telemetryrouter.journal.locked:";

	private final Path directory;

	private final FileChannel channel;

	private boolean closed;

	private FolderLock(Path directory, FileChannel channel) {
		this.directory = directory;
		this.channel = channel;
	}

	static FolderLock acquire(Path directory) throws IOException {
		Path real = directory.toRealPath();
		if (System.getProperties().putIfAbsent(MARK + real, "true") != null) {
			throw inUse(directory, "this process");
		}
		FileChannel channel = null;
		try {
			Path file = real.resolve(FILE);
			channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
			if (!tryLock(channel, directory)) {
				throw inUse(directory, "process " + Files.readString(file).strip());
			}
			channel.truncate(0);
			channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
			return new FolderLock(real, channel);
		}
		catch (Throwable ex) {
			System.clearProperty(MARK + real);
			if (channel != null) {
				channel.close();
			}
			throw ex;
		}
	}

	private static boolean tryLock(FileChannel channel, Path directory) throws IOException {
		try {
			return channel.tryLock() != null;
		}
		catch (OverlappingFileLockException ex) {
			// Other code of this process has locked the file.
			throw inUse(directory, "this process");
		}
	}

	private static JournalException inUse(Path directory, String owner) {
		return new JournalException("Journal folder '" + directory + "' is in use by " + owner
				+ ": give each application a folder of its own, or close the other journal", null);
	}

	@Override
	public synchronized void close() throws IOException {
		if (this.closed) {
			// The folder may have another lock by now.
			return;
		}
		this.closed = true;
		try {
			this.channel.close();
		}
		finally {
			System.clearProperty(MARK + this.directory);
		}
	}

}
