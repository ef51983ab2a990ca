package io.telemetryrouter;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * Captures the router's log until it is closed, and suppresses console output. All
 * routers of the process share the log: a test should search for lines that only the test
 * can cause.
 */
final class CapturedLog implements AutoCloseable {

	// Held, since java.util.logging only refers to its loggers weakly.
	private static final Logger logger = Logger.getLogger("io.telemetryrouter.TelemetryRouter");

	private final List<LogRecord> records = new CopyOnWriteArrayList<>();

	private final Level level = logger.getLevel();

	private final boolean useParentHandlers = logger.getUseParentHandlers();

	private final Handler handler = new Handler() {

		private final SimpleFormatter formatter = new SimpleFormatter();

		@Override
		public void publish(LogRecord logged) {
			try {
				this.formatter.format(logged);
			}
			catch (Exception ex) {
				// The handlers of the JDK lose the line as well.
				return;
			}
			CapturedLog.this.records.add(logged);
		}

		@Override
		public void flush() {
		}

		@Override
		public void close() {
		}

	};

	CapturedLog() {
		logger.setLevel(Level.ALL);
		logger.setUseParentHandlers(false);
		logger.addHandler(this.handler);
	}

	/**
	 * Returns the log records, in order. Each router writes its lines on a thread of its
	 * own, which ends when there are none.
	 * @return the records
	 */
	List<LogRecord> records() {
		Books.eventually(CapturedLog::isWritten);
		return this.records;
	}

	private static boolean isWritten() {
		return Thread.getAllStackTraces().keySet().stream().noneMatch(CapturedLog::isWriting);
	}

	private static boolean isWriting(Thread thread) {
		return thread.getName().equals("telemetry-router:log");
	}

	/**
	 * Returns the messages that contain a text.
	 * @param text the text
	 * @return the messages in order
	 */
	List<String> lines(String text) {
		return records().stream().map(LogRecord::getMessage).filter((line) -> line.contains(text)).toList();
	}

	/**
	 * Returns the records whose message contains a text.
	 * @param text the text
	 * @return the records in order
	 */
	List<LogRecord> records(String text) {
		return records().stream().filter((logged) -> logged.getMessage().contains(text)).toList();
	}

	@Override
	public void close() {
		logger.removeHandler(this.handler);
		logger.setUseParentHandlers(this.useParentHandlers);
		logger.setLevel(this.level);
	}

}
