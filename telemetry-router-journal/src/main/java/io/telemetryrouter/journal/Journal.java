package io.telemetryrouter.journal;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EventRecorder;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.TelemetryEvent;

/**
 * Appends events to files of JSON Lines in a folder, each line a CloudEvents 1.0 event
 * with a sequence number and a checksum. One journal writes to a folder at a time; any
 * number of {@linkplain JournalReader readers} may read it meanwhile. <pre class="code">
 * try (Journal journal = Journal.open(JournalOptions.in(folder).build())) {
 * 	router.subscribe(journal.handler(JournalMode.ASYNC));
 * 	...
 * }
 * </pre> Thread-safe. Lines are in the order of their sequence numbers; the events of one
 * thread keep their order.
 * <p>
 * When the disk is full or fails, events are counted as {@linkplain JournalStatus#lost()
 * lost}. The failure is logged once, and the appending thread gets no exception. Each
 * further event is another attempt, so writing resumes when the disk recovers.
 *
 * @since 0.1.0
 */
public final class Journal implements AutoCloseable {

	/**
	 * Maximum length of a line in bytes, line feed included.
	 */
	public static final int MAX_LINE = LineFormat.MAX_LINE;

	/** Lines with a buffer above this capacity, in bytes, are not reused. */
	private static final int LARGE = 1 << 20;

	private final JournalOptions options;

	private final FolderLock folderLock;

	private final GroupCommit commit;

	private final @Nullable JournalRepair repair;

	private final JournalThread thread;

	private final Queue<Line> lines = new ArrayBlockingQueue<>(16);

	private Journal(JournalOptions options, FolderLock folderLock, SegmentWriter writer, SegmentWriter.Found found) {
		this.options = options;
		this.folderLock = folderLock;
		this.commit = new GroupCommit(writer, found.nextSequence());
		this.repair = found.repair();
		this.thread = new JournalThread(options, this.commit, folderLock);
	}

	/**
	 * Opens a journal, and truncates incomplete and damaged lines at its end.
	 * @param options the folder and its options
	 * @return the journal
	 * @throws JournalException if the folder cannot be created, read or written, if
	 * another journal writes to it, or if the thread is interrupted, which it then
	 * remains
	 */
	public static Journal open(JournalOptions options) {
		return open(options, SegmentFile.Real::new);
	}

	static Journal open(JournalOptions options, SegmentFile.Opener opener) {
		Path directory = options.directory;
		FolderLock folderLock = null;
		SegmentWriter writer = new SegmentWriter(options, opener);
		try {
			createFolder(directory);
			folderLock = FolderLock.acquire(directory);
			SegmentWriter.Found found = writer.open(folderLock);
			JournalCursor.setBack(directory, found.nextSequence() - 1);
			Journal journal = new Journal(options, folderLock, writer, found);
			journal.thread.start(journal);
			return journal;
		}
		catch (JournalException | Error ex) {
			release(writer, folderLock, ex);
			throw ex;
		}
		catch (IOException | RuntimeException ex) {
			release(writer, folderLock, ex);
			throw cannotOpen(directory, ex);
		}
	}

	/**
	 * Creates an absent folder for the user of this process only, because of payloads.
	 */
	private static void createFolder(Path directory) throws IOException {
		Path parent = directory.toAbsolutePath().getParent();
		if (Files.isDirectory(directory) || parent == null) {
			return;
		}
		Files.createDirectories(parent);
		if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
			Files.createDirectories(directory,
					PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
		}
		else {
			Files.createDirectories(directory);
		}
	}

	private static JournalException cannotOpen(Path directory, Exception cause) {
		String failure = "Cannot open journal folder '" + directory + "': ";
		if (cause instanceof ClosedByInterruptException) {
			return new JournalException(failure + "thread '" + Thread.currentThread().getName()
					+ "' is interrupted: open the journal on a thread that is not", cause);
		}
		return new JournalException(
				failure + cause + ": it must be a folder that this process may write to, on a disk that has room",
				cause);
	}

	private static void release(SegmentWriter writer, @Nullable FolderLock folderLock, Throwable cause) {
		try (folderLock) {
			writer.close();
		}
		catch (IOException ex) {
			cause.addSuppressed(ex);
		}
	}

	/**
	 * Returns the folder of the journal.
	 * @return the folder
	 */
	public Path directory() {
		return this.options.directory;
	}

	/**
	 * Returns the truncation of the last segment when the journal was opened.
	 * @return the truncation, or {@code null} if the segment was intact
	 */
	public @Nullable JournalRepair repair() {
		return this.repair;
	}

	/**
	 * Appends an event, and returns when its line is acknowledged: written to the
	 * operating system, and with {@link Fsync#ALWAYS} synced to the disk. Concurrent
	 * calls share one write.
	 * @param event the event
	 * @return {@code false} if no line was written; the event is counted as lost
	 */
	public boolean append(TelemetryEvent<?> event) {
		return append(event, true) != 0;
	}

	/** Returns the sequence number of the line, or 0 if it is known to be lost. */
	private long append(TelemetryEvent<?> event, boolean acknowledged) {
		Line pooled = this.lines.poll();
		Line line = (pooled != null) ? pooled : new Line(this.options);
		try {
			if (!line.encode(event)) {
				this.commit.lost(LossReason.TOO_LONG);
				this.thread.noLine("its name and attributes are too long");
				return 0;
			}
		}
		catch (Exception | LinkageError | StackOverflowError ex) {
			this.commit.lost(LossReason.UNREADABLE_EVENT);
			this.thread.noLine("its attributes threw " + ex.getClass().getName());
			return 0;
		}
		Throwable encoderFailure = line.encoderFailure();
		if (encoderFailure != null) {
			this.thread.encoderFailed(event.name(), encoderFailure);
		}
		long sequence = this.commit.append(line, acknowledged);
		if (line.capacity() <= LARGE) {
			this.lines.offer(line);
		}
		// A journal that nothing refers to is closed
		Reference.reachabilityFence(this);
		return sequence;
	}

	/**
	 * Returns a handler of all events that is the
	 * {@linkplain HandlerSpec.Builder#recorder recorder} of its router. With
	 * {@link JournalMode#SYNC} it {@linkplain #append(TelemetryEvent) appends} an event
	 * before any other handler is offered the event. With {@link JournalMode#ASYNC} it
	 * has a lane of its own and writes lines in batches; a flush of the router also
	 * {@linkplain #flush() flushes} the journal. The router's handlers with
	 * {@link io.telemetryrouter.OverflowPolicy#SPILL} read spilled events from the
	 * journal.
	 * @param mode whether the emitting thread or a lane appends events
	 * @return the handler, with the id {@code journal}; other options can be set by
	 * {@link HandlerSpec#mutate()}
	 */
	public HandlerSpec<Object> handler(JournalMode mode) {
		HandlerSpec.Builder<Object> builder = HandlerSpec.on("**").id("journal");
		if (mode == JournalMode.SYNC) {
			return builder.priority(Integer.MIN_VALUE).recorder(new Recorder(true)).build();
		}
		return builder.async().recorder(new Recorder(false)).onFlush(this::flush).build();
	}

	/**
	 * Writes all lines that are in memory, and syncs them to the disk unless
	 * {@link Fsync#NEVER} is set. Waits for the disk without a timeout.
	 * @return {@code false} if a write or the sync failed
	 */
	public boolean flush() {
		return this.commit.flush(this.options.fsync != Fsync.NEVER);
	}

	/**
	 * Returns the counts of the journal since it was opened.
	 * @return the counts
	 */
	public JournalStatus status() {
		return this.commit.status();
	}

	/**
	 * Writes all lines that are in memory, syncs them to the disk unless
	 * {@link Fsync#NEVER} is set, and releases the lock of the folder. Later events are
	 * counted as {@link LossReason#CLOSED}. A second call waits for the first and does
	 * nothing else. A journal that is garbage-collected is closed, too, and logged.
	 */
	@Override
	public synchronized void close() {
		try (this.folderLock) {
			this.commit.close();
		}
		catch (IOException ex) {
			this.thread.closeFailed(ex);
		}
		this.thread.end();
	}

	/**
	 * Records the events of a router, and reads them back for its handlers.
	 */
	private final class Recorder implements EventRecorder {

		private final boolean acknowledged;

		Recorder(boolean acknowledged) {
			this.acknowledged = acknowledged;
		}

		@Override
		public long record(TelemetryEvent<?> event) {
			return append(event, this.acknowledged);
		}

		@Override
		public Cursor cursor(String handlerId) {
			return new JournalCursor(handlerId, Journal.this.options, Journal.this.commit);
		}

		@Override
		public Reader reader() {
			return new SpilledLines(directory(), Journal.this.options.payloads, () -> Journal.this.commit.flush(false));
		}

	}

}
