package io.telemetryrouter.journal;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

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

	private final Thread thread;

	private final AtomicReference<@Nullable String> encoderFailure = new AtomicReference<>();

	private boolean encoderReported;

	private @Nullable String undeletable;

	/** Whether a failure was reported and writing has not succeeded since. */
	private boolean failing;

	private final AtomicBoolean lossReported = new AtomicBoolean();

	JournalThread(JournalOptions options, GroupCommit commit) {
		this.options = options;
		this.commit = commit;
		this.thread = new Thread(null, this, "telemetry-router:journal", 0, false);
		this.thread.setDaemon(true);
		this.thread.setContextClassLoader(JournalThread.class.getClassLoader());
	}

	void start(@Nullable JournalRepair repair) {
		if (repair != null) {
			logger.log(Level.WARNING,
					"Journal '" + this.options.directory + "' was not closed: cut " + repair.bytes() + " bytes at byte "
							+ repair.offset() + " of " + repair.file().getFileName() + ", which were no complete line");
		}
		this.thread.start();
	}

	@Override
	public void run() {
		long interval = (this.options.fsync == Fsync.INTERVAL) ? nanos() : SECOND;
		long left = interval;
		while (!this.commit.isClosed()) {
			try {
				left = this.commit.writeWaiting(left);
				if (left <= 0) {
					reportUndeletable(this.commit.maintain());
					left = interval;
				}
				report();
			}
			catch (InterruptedException ex) {
				// Only Journal.close() ends this thread.
				left = 0;
			}
			catch (Throwable ex) {
				// The logger failed. Lines must still be written.
				left = interval;
			}
		}
	}

	private long nanos() {
		try {
			return this.options.fsyncInterval.toNanos();
		}
		catch (ArithmeticException ex) {
			return Long.MAX_VALUE;
		}
	}

	private void reportUndeletable(@Nullable String undeletable) {
		if (undeletable != null && !undeletable.equals(this.undeletable)) {
			this.undeletable = undeletable;
			logger.log(Level.WARNING, "Journal '" + this.options.directory + "' cannot delete its old segment "
					+ undeletable + ". Delete it, or the journal exceeds its retention");
		}
	}

	private void report() {
		String encoder = this.encoderFailure.get();
		if (encoder != null && !this.encoderReported) {
			this.encoderReported = true;
			logger.log(Level.WARNING, "Journal '" + this.options.directory + "' keeps no payload of " + encoder
					+ ". Such lines are counted as redacted; this is logged once");
		}
		JournalStatus status = this.commit.status();
		long lost = status.lost().getOrDefault(LossReason.IO_ERROR, 0L);
		if (status.failure() != null && !this.failing) {
			this.failing = true;
			logger.log(Level.WARNING, "Journal '" + this.options.directory + "' cannot be written: " + status.failure()
					+ ". Events are counted as lost until a write succeeds: check the disk; no restart is needed");
		}
		else if (status.failure() == null && this.failing) {
			this.failing = false;
			logger.log(Level.WARNING,
					"Journal '" + this.options.directory + "' is written again. Events lost so far: " + lost);
		}
	}

	/**
	 * Keeps the class of the first failure for the log. Its message may contain the
	 * payload.
	 */
	void encoderFailed(String event, Throwable failure) {
		if (this.encoderFailure.get() == null) {
			this.encoderFailure.compareAndSet(null,
					"event '" + printable(event) + "', since its encoder threw " + failure.getClass().getName());
		}
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
		JournalStatus status = this.commit.status();
		long lost = status.lost().getOrDefault(LossReason.IO_ERROR, 0L);
		if (status.failure() != null && lost > 0 && this.lossReported.compareAndSet(false, true)) {
			logger.log(Level.WARNING, "Journal '" + this.options.directory
					+ "' was closed before it could be written again. Events lost: " + lost);
		}
	}

}
