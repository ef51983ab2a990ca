package io.telemetryrouter.internal.health;

import java.io.PrintWriter;
import java.io.Writer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.ContextCarrier;
import io.telemetryrouter.internal.support.Headroom;

/**
 * Writes the lines of the router to the log, in order, on a thread of its own that exists
 * only while lines are pending. A logger can be slow (the first line of a process loads
 * the logging system), can hang and can throw; no emitter and no handler waits for it. A
 * line is written in the context of the reporting thread, so that it has the diagnostic
 * context (MDC) of the failing call.
 * <p>
 * At most {@value #LIMIT} lines wait; further ones are counted and reported in one line.
 * No exception of the logger or the context carrier reaches a caller.
 */
public final class LogWriter {

	private static final int LIMIT = 1000;

	private static final long PAUSE_NANOS = 200_000;

	private static final String THREAD_NAME = "telemetry-router:log";

	private final Logger logger;

	private final @Nullable ContextCarrier carrier;

	private final Queue<Line> lines = new ConcurrentLinkedQueue<>();

	private final AtomicInteger waiting = new AtomicInteger();

	private final AtomicLong lost = new AtomicLong();

	private final AtomicBoolean writing = new AtomicBoolean();

	public LogWriter(Logger logger, @Nullable ContextCarrier carrier) {
		this.logger = logger;
		this.carrier = carrier;
	}

	/** Queues a line with the context of the calling thread. */
	void write(Level level, String message, @Nullable Throwable error) {
		write(new Line(level, message, error, capture()));
	}

	/**
	 * Queues a line without the context, for reports that may concern the context
	 * carrier.
	 */
	void writeWithoutContext(Level level, String message, @Nullable Throwable error) {
		write(new Line(level, message, error, null));
	}

	private void write(Line line) {
		if (this.waiting.get() >= LIMIT) {
			this.lost.incrementAndGet();
			return;
		}
		this.lines.add(line);
		this.waiting.incrementAndGet();
		wake();
	}

	private @Nullable Object capture() {
		try {
			return (this.carrier != null) ? this.carrier.capture() : null;
		}
		catch (Throwable ex) {
			// The line is written without context; an emit reports the failure.
			return null;
		}
	}

	/**
	 * Starts the writing thread, unless it runs. After an error, the next line or the
	 * watchdog tries again.
	 */
	public void wake() {
		if (isIdle() || !this.writing.compareAndSet(false, true)) {
			return;
		}
		try {
			Headroom.require();
			Thread thread = new Thread(null, this::run, THREAD_NAME, 0, false);
			thread.setDaemon(true);
			// The thread must not retain the class loader of the failing application.
			thread.setContextClassLoader(LogWriter.class.getClassLoader());
			thread.start();
		}
		catch (Throwable ex) {
			this.writing.set(false);
		}
	}

	private void run() {
		do {
			try {
				writeAll();
			}
			finally {
				this.writing.set(false);
			}
			// A line may be queued after the last poll and before the flag is cleared.
		}
		while (!isIdle() && this.writing.compareAndSet(false, true));
	}

	private boolean isIdle() {
		return this.lines.isEmpty() && this.lost.get() == 0;
	}

	private void writeAll() {
		for (Line line = this.lines.poll(); line != null; line = this.lines.poll()) {
			try {
				writeInContext(line);
			}
			finally {
				this.waiting.decrementAndGet();
			}
		}
		long count = this.lost.get();
		if (count != 0) {
			log(Level.WARNING, count + " lines of the telemetry router were left out: its log was too slow", null);
			// Subtracted afterwards, so that a flush waits for this line as well.
			this.lost.addAndGet(-count);
		}
	}

	@SuppressWarnings("try")
	private void writeInContext(Line line) {
		try (ContextCarrier.Scope scope = restore(line)) {
			log(line.level, line.message, line.error);
		}
		catch (Throwable ex) {
			// The scope cannot be closed. The thread ends soon, and its context with it.
		}
	}

	private ContextCarrier.@Nullable Scope restore(Line line) {
		try {
			return (this.carrier != null && line.context != null) ? this.carrier.restore(line.context) : null;
		}
		catch (Throwable ex) {
			return null;
		}
	}

	private void log(Level level, String message, @Nullable Throwable error) {
		try {
			if (error == null) {
				this.logger.log(level, message);
			}
			else {
				// Throws if the error cannot be printed: a log handler may lose its line.
				error.printStackTrace(new PrintWriter(Writer.nullWriter()));
				this.logger.log(level, message, error);
			}
		}
		catch (Throwable ex) {
			logType(level, message, error);
		}
	}

	private void logType(Level level, String message, @Nullable Throwable error) {
		try {
			this.logger.log(level, message + ((error != null) ? ": " + error.getClass().getName() : ""));
		}
		catch (Throwable ex) {
			// The logging system itself is broken; the counters remain.
		}
	}

	/** Waits until every line queued before is written, for {@code nanos} at most. */
	public void flush(long nanos) {
		long deadline = System.nanoTime() + nanos;
		while ((this.waiting.get() != 0 || this.lost.get() != 0) && System.nanoTime() - deadline < 0
				&& !Thread.currentThread().isInterrupted()) {
			wake();
			LockSupport.parkNanos(this, PAUSE_NANOS);
		}
	}

	private record Line(Level level, String message, @Nullable Throwable error, @Nullable Object context) {
	}

}
