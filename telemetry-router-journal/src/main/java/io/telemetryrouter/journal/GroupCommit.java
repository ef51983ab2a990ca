package io.telemetryrouter.journal;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * Assigns sequence numbers to lines, and collects lines in the open batch while another
 * batch is written. A thread that finds no write in progress writes the open batch, with
 * the lines that other threads have added meanwhile: one write and one sync serve them
 * all. No lock is held during a write.
 * <p>
 * Waiting is uninterruptible: an interrupt of an emitting thread must not lose its line.
 */
final class GroupCommit {

	/** Nanoseconds that lines without a waiting thread wait for further lines. */
	private static final long LINGER = TimeUnit.MILLISECONDS.toNanos(5);

	private final ReentrantLock lock = new ReentrantLock();

	/** Signalled when a write has ended. */
	private final Condition written = this.lock.newCondition();

	/** Signals the journal's thread: lines are waiting, or the journal was closed. */
	private final Condition waiting = this.lock.newCondition();

	private final SegmentWriter writer;

	// Guarded by the lock; any thread reads the volatile ones.

	private Batch open = new Batch(new byte[8 << 10]);

	private byte @Nullable [] spare;

	private boolean writing;

	private volatile boolean closed;

	private long nextSequence;

	private volatile long lastWritten;

	private long lines;

	private long bytes;

	private long pending;

	private long syncs;

	private long redacted;

	private long truncated;

	private @Nullable Throwable failure;

	/** The failure of a sync that no later one has made up for. */
	private @Nullable Throwable syncFailure;

	/** A text on the last failure, also if it has ended. */
	private volatile String lastFailure = "";

	private final Map<LossReason, Long> lost = new EnumMap<>(LossReason.class);

	GroupCommit(SegmentWriter writer, long nextSequence) {
		this.writer = writer;
		this.nextSequence = nextSequence;
		this.lastWritten = nextSequence - 1;
		for (LossReason reason : LossReason.values()) {
			this.lost.put(reason, 0L);
		}
	}

	/**
	 * Adds a line.
	 * @param line the line
	 * @param acknowledged whether to wait until it is written
	 * @return its sequence number, or 0 if it is known to be lost
	 */
	long append(Line line, boolean acknowledged) {
		this.lock.lock();
		try {
			if (this.closed) {
				count(LossReason.CLOSED, 1);
				return 0;
			}
			Batch batch = this.open;
			long sequence = this.nextSequence;
			batch.add(line, sequence);
			this.nextSequence++;
			this.pending++;
			countStatus(line.status());
			if (acknowledged || batch.size >= Batch.LIMIT) {
				await(batch);
				return (batch.failure == null) ? sequence : 0;
			}
			if (batch.lines == 1 || batch.size >= Batch.WORTHWHILE) {
				this.waiting.signal();
			}
			return sequence;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void countStatus(DataStatus status) {
		switch (status) {
			case REDACTED -> this.redacted++;
			case TRUNCATED -> this.truncated++;
			case COMPLETE -> {
			}
		}
	}

	private void await(Batch batch) {
		while (!batch.done) {
			if (this.writing) {
				this.written.awaitUninterruptibly();
			}
			else {
				// Every other batch is done, so this batch is the open one.
				writeOpen();
			}
		}
	}

	private void writeOpen() {
		Batch batch = this.open;
		this.open = new Batch((this.spare != null) ? this.spare : new byte[batch.bytes.length]);
		this.spare = null;
		batch.failure = exclusively(() -> this.writer.write(batch));
		batch.done = true;
		concluded(batch.failure, true);
		this.pending -= batch.lines;
		if (batch.failure == null) {
			this.lines += batch.lines;
			this.lastWritten = batch.firstSequence + batch.lines - 1;
			this.bytes += batch.size;
		}
		else {
			count(LossReason.IO_ERROR, batch.lines);
		}
		// A batch of unusual size is left to the garbage collector.
		this.spare = (batch.bytes.length <= 2 * Batch.LIMIT) ? batch.bytes : null;
		this.written.signalAll();
	}

	/** Sets the failure. A failed sync is one until its lines are synced. */
	private void concluded(@Nullable Throwable failed, boolean written) {
		Throwable unsynced = this.writer.syncFailure();
		if (failed != null) {
			this.failure = failed;
		}
		else if (written || this.failure == this.syncFailure) {
			this.failure = unsynced;
		}
		this.syncFailure = unsynced;
		if (this.failure != null) {
			this.lastFailure = describe(this.failure, this.failure == unsynced);
		}
	}

	private static String describe(Throwable failure, boolean unsynced) {
		String disk = ": check the disk; no restart is needed";
		if (unsynced) {
			return "synced: " + failure + ". Its lines are written and synced again until that succeeds" + disk;
		}
		return (failure instanceof JournalException) ? "written: " + failure.getMessage()
				: "written: " + failure + ". Events are counted as lost until a write succeeds" + disk;
	}

	/** Runs an action without the lock. One action runs at a time. */
	private @Nullable Throwable exclusively(Action action) {
		while (this.writing) {
			this.written.awaitUninterruptibly();
		}
		this.writing = true;
		Throwable failed = unlocked(action);
		this.writing = false;
		this.syncs = this.writer.syncs();
		this.written.signalAll();
		return failed;
	}

	private @Nullable Throwable unlocked(Action action) {
		this.lock.unlock();
		try {
			action.run();
			return null;
		}
		catch (Throwable ex) {
			return ex;
		}
		finally {
			this.lock.lock();
		}
	}

	/**
	 * Waits until all lines so far are written, and with {@code sync} synced to the disk.
	 */
	boolean flush(boolean sync) {
		this.lock.lock();
		try {
			// A write in progress has lines of earlier calls.
			long lost = lost();
			if (this.open.lines > 0) {
				await(this.open);
			}
			Throwable failed = sync ? exclusively(this.writer::sync) : exclusively(() -> {
			});
			concluded(failed, false);
			return failed == null && lost() == lost;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Waits for lines that no other thread waits for, lingers for more of them, and
	 * writes them.
	 * @param nanos how long to wait for the first line
	 * @return the rest of {@code nanos}; zero or less if maintenance is due
	 */
	long writeWaiting(long nanos) throws InterruptedException {
		long start = System.nanoTime();
		this.lock.lock();
		try {
			if (this.open.lines == 0 && !this.closed) {
				this.waiting.awaitNanos(nanos);
			}
			if (this.open.lines > 0 && this.open.size < Batch.WORTHWHILE && !this.closed) {
				this.waiting.awaitNanos(LINGER);
			}
			if (this.open.lines > 0) {
				await(this.open);
			}
			return nanos - (System.nanoTime() - start);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Runs the maintenance of the writer.
	 * @param sync whether to sync
	 */
	void maintain(boolean sync) {
		this.lock.lock();
		try {
			if (!this.closed) {
				concluded(exclusively(() -> this.writer.maintain(sync)), false);
				// No write waits for it: there may be thousands of segments.
				concluded(unlocked(this.writer::deleteOld), false);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	boolean isClosed() {
		return this.closed;
	}

	/** Rejects further lines, writes the open batch and closes the file. */
	void close() throws IOException {
		this.lock.lock();
		try {
			if (this.closed) {
				return;
			}
			this.closed = true;
			this.waiting.signalAll();
			if (this.open.lines > 0) {
				await(this.open);
			}
			if (exclusively(this.writer::close) instanceof IOException ex) {
				throw ex;
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Returns the sequence number of the last line that was written. */
	long lastWritten() {
		return this.lastWritten;
	}

	/** Returns what the last failure prevents, also if it has ended. */
	String lastFailure() {
		return this.lastFailure;
	}

	/** Returns what the journal's thread has to log. */
	Queue<String> notices() {
		return this.writer.notices();
	}

	void lost(LossReason reason) {
		this.lock.lock();
		try {
			count(reason, 1);
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Returns the number of lines that could not be written, or were removed. */
	private long lost() {
		return this.lost.getOrDefault(LossReason.IO_ERROR, 0L) + this.writer.removedLines();
	}

	private void count(LossReason reason, long events) {
		this.lost.merge(reason, events, Long::sum);
	}

	JournalStatus status() {
		this.lock.lock();
		try {
			this.lost.put(LossReason.REMOVED, this.writer.removedLines());
			return new JournalStatus(this.lines, this.pending, this.bytes, this.syncs, this.redacted, this.truncated,
					this.lost, this.nextSequence - 1, (this.failure != null) ? this.failure.toString() : null);
		}
		finally {
			this.lock.unlock();
		}
	}

	@FunctionalInterface
	private interface Action {

		void run() throws IOException;

	}

}
