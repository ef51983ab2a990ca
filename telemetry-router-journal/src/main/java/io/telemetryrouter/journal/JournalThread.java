package io.telemetryrouter.journal;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.ref.WeakReference;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The thread of a journal. It writes lines that no other thread waits for, runs the
 * periodic maintenance, and writes the log, so that no emitter waits for a logger.
 */
final class JournalThread implements Runnable {

	private static final Logger logger = System.getLogger(Journal.class.getName());

	private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

	private final JournalOptions options;

	private final GroupCommit commit;

	private final FolderLock folderLock;

	/** The journal, which is closed if no other reference to it is left. */
	private @Nullable WeakReference<Journal> journal;

	private final Thread thread;

	private final Once encoderFailure = new Once();

	private final Once lineFailure = new Once();

	/** The number of lines that could not be written, at the last report. */
	private long lost;

	/** Whether a failure was reported and writing has not succeeded since. */
	private boolean failing;

	private final AtomicBoolean lossReported = new AtomicBoolean();

	JournalThread(JournalOptions options, GroupCommit commit, FolderLock folderLock) {
		this.options = options;
		this.commit = commit;
		this.folderLock = folderLock;
		this.thread = new Thread(null, this, "telemetry-router:journal", 0, false);
		this.thread.setDaemon(true);
		this.thread.setContextClassLoader(JournalThread.class.getClassLoader());
	}

	void start(Journal journal) {
		this.journal = new WeakReference<>(journal);
		JournalRepair repair = journal.repair();
		if (repair != null) {
			logger.log(Level.WARNING,
					"Journal '" + this.options.directory + "' was not closed: cut " + repair.bytes() + " bytes at byte "
							+ repair.offset() + " of " + repair.file().getFileName() + ", which were no complete line");
		}
		this.thread.start();
	}

	@Override
	public void run() {
		long interval = (this.options.fsync == Fsync.INTERVAL)
				? TimeUnit.NANOSECONDS.convert(this.options.fsyncInterval) : Long.MAX_VALUE;
		long untilSync = interval;
		long period = Math.min(SECOND, interval);
		long left = period;
		while (!this.commit.isClosed()) {
			try {
				left = this.commit.writeWaiting(left);
				if (left <= 0) {
					untilSync -= period - left;
					boolean sync = untilSync <= 0;
					untilSync = sync ? interval : untilSync;
					period = Math.min(SECOND, untilSync);
					left = period;
					this.commit.maintain(sync);
					closeAbandoned();
				}
				report();
			}
			catch (InterruptedException ex) {
				// Only Journal.close() ends this thread.
				left = 0;
			}
			catch (Throwable ex) {
				// The logger failed. Lines must still be written.
				left = period;
			}
		}
	}

	private void closeAbandoned() {
		if (this.journal != null && this.journal.refersTo(null)) {
			try (this.folderLock) {
				this.commit.close();
			}
			catch (IOException ex) {
				closeFailed(ex);
			}
			logger.log(Level.WARNING,
					"Journal '" + this.options.directory
							+ "' was not closed, and nothing refers to it any more, so it is closed now:"
							+ " close it when its application ends");
		}
	}

	private void report() {
		this.encoderFailure.report();
		this.lineFailure.report();
		for (String notice = this.commit.notices().poll(); notice != null; notice = this.commit.notices().poll()) {
			logger.log(Level.WARNING, "Journal '" + this.options.directory + "' " + notice);
		}
		JournalStatus status = this.commit.status();
		long lost = lost(status);
		// A failure may have ended since the last report.
		if (!this.failing && (status.failure() != null || lost > this.lost)) {
			this.failing = true;
			logger.log(Level.WARNING,
					"Journal '" + this.options.directory + "' cannot be " + this.commit.lastFailure());
		}
		if (this.failing && status.failure() == null) {
			this.failing = false;
			logger.log(Level.WARNING,
					"Journal '" + this.options.directory + "' is written again. Events lost so far: " + lost);
		}
		this.lost = lost;
	}

	private static long lost(JournalStatus status) {
		return status.lost().getOrDefault(LossReason.IO_ERROR, 0L);
	}

	/**
	 * Keeps the class of the first failure for the log. Its message may contain the
	 * payload.
	 */
	void encoderFailed(String event, Throwable failure) {
		this.encoderFailure.keep(() -> "Journal '" + this.options.directory + "' keeps no payload of event '"
				+ printable(event) + "', since its encoder threw " + failure.getClass().getName()
				+ ". Such lines are counted as redacted; this is logged once");
	}

	/** Keeps the reason for which the first event without a line has none. */
	void noLine(String reason) {
		this.lineFailure.keep(() -> "Journal '" + this.options.directory + "' has no line of an event, since " + reason
				+ ". Such events are counted as lost; this is logged once");
	}

	private static String printable(String name) {
		StringBuilder text = new StringBuilder();
		name.codePoints()
			.limit(120)
			.forEach((ch) -> text
				.appendCodePoint((Character.isLetterOrDigit(ch) || "._-:/$@".indexOf(ch) >= 0) ? ch : '?'));
		return text.toString();
	}

	void closeFailed(IOException failure) {
		logger.log(Level.WARNING,
				"Journal '" + this.options.directory + "' could not be synced and closed: " + failure);
	}

	/**
	 * Waits up to a second for the thread to end, which the closed commit has woken, and
	 * reports losses that have no other line.
	 */
	void end() {
		try {
			this.thread.join(TimeUnit.SECONDS.toMillis(1));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		if (!this.thread.isAlive()) {
			report();
		}
		JournalStatus status = this.commit.status();
		long lost = lost(status);
		if (status.failure() != null && lost > 0 && this.lossReported.compareAndSet(false, true)) {
			logger.log(Level.WARNING, "Journal '" + this.options.directory
					+ "' was closed before it could be written again. Events lost: " + lost);
		}
	}

	/** A line that is logged once. */
	private static final class Once {

		private final AtomicReference<@Nullable String> text = new AtomicReference<>();

		private boolean reported;

		void keep(Supplier<String> line) {
			if (this.text.get() == null) {
				this.text.compareAndSet(null, line.get());
			}
		}

		void report() {
			String text = this.text.get();
			if (text != null && !this.reported) {
				this.reported = true;
				logger.log(Level.WARNING, text);
			}
		}

	}

}
