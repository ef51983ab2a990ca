package io.telemetryrouter.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

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

	private FileChannel channel;

	/** Whether there was no lock file, although another journal may be open. */
	private final boolean created;

	/** Identifies the file; {@code null} on systems without such keys. */
	private @Nullable Object fileKey;

	/** The reason why this process must not write to the folder any more. */
	private @Nullable JournalException lost;

	private boolean closed;

	private FolderLock(Path directory, FileChannel channel, boolean created) throws IOException {
		this.directory = directory;
		this.channel = channel;
		this.created = created;
		try {
			this.fileKey = fileKey();
		}
		catch (Throwable ex) {
			channel.close();
			throw ex;
		}
	}

	static FolderLock acquire(Path directory) throws IOException {
		Path real = directory.toRealPath();
		if (System.getProperties().putIfAbsent(MARK + real, "true") != null) {
			throw inUse(directory, "this process", false);
		}
		try {
			boolean created = Files.notExists(real.resolve(FILE));
			return new FolderLock(real, lock(real, directory, false), created);
		}
		catch (Throwable ex) {
			System.clearProperty(MARK + real);
			throw ex;
		}
	}

	private static FileChannel lock(Path real, Path directory, boolean again) throws IOException {
		Path file = real.resolve(FILE);
		FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
		try {
			if (!tryLock(channel, directory, again)) {
				throw inUse(directory, "process " + Files.readString(file).strip(), again);
			}
			channel.truncate(0);
			channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
			return channel;
		}
		catch (Throwable ex) {
			channel.close();
			throw ex;
		}
	}

	private static boolean tryLock(FileChannel channel, Path directory, boolean again) throws IOException {
		try {
			return channel.tryLock() != null;
		}
		catch (OverlappingFileLockException ex) {
			// Other code of this process has locked the file.
			throw inUse(directory, "this process", again);
		}
	}

	private static JournalException inUse(Path directory, String owner, boolean again) {
		return taken(directory, "is in use by " + owner, again);
	}

	private static JournalException taken(Path directory, String state, boolean again) {
		return new JournalException("Journal folder '" + directory + "' " + state
				+ (again ? ", since its " + FILE + " was deleted. Events are counted as lost until it is opened again:"
						+ " give each application a folder of its own, and restart this one"
						: ": give each application a folder of its own, or close the other journal"),
				null);
	}

	/**
	 * Returns whether no other journal can have written to the folder before this lock
	 * was acquired. Otherwise, one whose lock file was deleted may still write to it.
	 */
	boolean isContinued() {
		return !this.created;
	}

	/**
	 * Checks that the lock file is still the locked one, and locks another one if it was
	 * deleted.
	 * @param lastSegment the last segment that this process has begun
	 * @return whether another file was locked
	 * @throws JournalException if another process has opened the folder meanwhile; then
	 * each further call throws it, too
	 */
	boolean lockAgain(long lastSegment) throws IOException {
		if (this.lost != null) {
			throw this.lost;
		}
		if (isInPlace()) {
			return false;
		}
		// An interrupt would close the channel.
		boolean interrupted = Thread.interrupted();
		try {
			FileChannel next = lock(this.directory, this.directory, true);
			this.channel.close();
			this.channel = next;
			this.fileKey = fileKey();
			List<Segment> segments = Segment.list(this.directory);
			if (!segments.isEmpty() && segments.get(segments.size() - 1).firstSequence() > lastSegment) {
				throw taken(this.directory, "was written to by another process", true);
			}
			return true;
		}
		catch (JournalException ex) {
			this.lost = ex;
			throw ex;
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private boolean isInPlace() throws IOException {
		try {
			return Objects.equals(fileKey(), this.fileKey);
		}
		catch (NoSuchFileException ex) {
			return false;
		}
	}

	private @Nullable Object fileKey() throws IOException {
		return Files.readAttributes(this.directory.resolve(FILE), BasicFileAttributes.class).fileKey();
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
