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
 * Writes the lines of the router to the log, in order, on a thread of its own that lives
 * while there are any. A logger can be slow (the first line of a process loads the
 * logging system), can hang and can throw; nobody who emits or handles events waits for
 * it. A line is written in the context of the thread that reports it, so that it has the
 * diagnostic context (MDC) of the failing call.
 * <p>
 * At most {@value #LIMIT} lines wait; further ones are counted and reported in one line.
 * Nothing here throws.
 */
public final class LogWriter {

	private static final int LIMIT = 1000;

	private static final long PAUSE_NANOS = 200_000;

	private static final String THREAD_NAME = "telemetry-router-log";

	private final Logger logger;

	private final @Nullable ContextCarrier carrier;

	private final Queue<Line> lines = new ConcurrentLinkedQueue<>();

	private final AtomicInteger waiting = new AtomicInteger();

	private final AtomicLong lost = new AtomicLong();

	private final AtomicBoolean writing = new AtomicBoolean();

	/**
	 * Creates a writer.
	 * @param logger where to write
	 * @param carrier carries the context of the reporting thread, if any does
	 */
	public LogWriter(Logger logger, @Nullable ContextCarrier carrier) {
		this.logger = logger;
		this.carrier = carrier;
	}

	/**
	 * Writes a line, soon.
	 * @param level the level
	 * @param message the line
	 * @param error the exception to go with it, if any
	 */
	void write(Level level, String message, @Nullable Throwable error) {
		write(new Line(level, message, error, capture()));
	}

	/**
	 * Writes a line without the context of the calling thread, for a carrier that fails.
	 * @param level the level
	 * @param message the line
	 * @param error the exception to go with it, if any
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
			// The line is worth more than its context, and the next event tells of this.
			return null;
		}
	}

	/**
	 * Starts to write what waits, if nobody does. A thread that could not be had is tried
	 * for again by the next line and by the watchdog.
	 */
	public void wake() {
		if (this.lines.isEmpty() || !this.writing.compareAndSet(false, true)) {
			return;
		}
		try {
			Headroom.require();
			Thread thread = new Thread(null, this::run, THREAD_NAME, 0, false);
			thread.setDaemon(true);
			// The thread must not hold on to the classes of the application that fails.
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
			// A line that came after the last look and before the flag fell is ours.
		}
		while (!this.lines.isEmpty() && this.writing.compareAndSet(false, true));
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
		reportLost();
	}

	private void reportLost() {
		long count = (this.lost.get() != 0) ? this.lost.getAndSet(0) : 0;
		if (count != 0) {
			log(Level.WARNING, count + " lines of the telemetry router were left out: its log was too slow", null);
		}
	}

	private void writeInContext(Line line) {
		ContextCarrier.Scope scope = restore(line);
		log(line.level, line.message, line.error);
		try {
			if (scope != null) {
				scope.close();
			}
		}
		catch (Throwable ex) {
			// The thread ends soon, and its context with it.
			return;
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
			else if (isPrintable(error)) {
				this.logger.log(level, message, error);
			}
			else {
				logType(level, message, error);
			}
		}
		catch (Throwable ex) {
			logType(level, message, error);
		}
	}

	/**
	 * Prints an exception for nobody: a log handler that cannot print it may lose the
	 * whole line.
	 * @param error the exception
	 * @return whether it can be printed
	 */
	private static boolean isPrintable(Throwable error) {
		try {
			error.printStackTrace(new PrintWriter(Writer.nullWriter()));
			return true;
		}
		catch (Throwable ex) {
			return false;
		}
	}

	private void logType(Level level, String message, @Nullable Throwable error) {
		try {
			this.logger.log(level, message + ((error != null) ? ": " + error.getClass().getName() : ""));
		}
		catch (Throwable ex) {
			// The logging system itself is broken; the counters still tell.
			return;
		}
	}

	/**
	 * Waits until every line reported before is written.
	 * @param nanos how long to wait at most
	 */
	public void flush(long nanos) {
		long deadline = System.nanoTime() + nanos;
		while (this.waiting.get() != 0 && System.nanoTime() - deadline < 0 && !Thread.currentThread().isInterrupted()) {
			wake();
			LockSupport.parkNanos(this, PAUSE_NANOS);
		}
	}

	private record Line(Level level, String message, @Nullable Throwable error, @Nullable Object context) {
	}

}
