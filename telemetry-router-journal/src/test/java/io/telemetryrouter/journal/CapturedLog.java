package io.telemetryrouter.journal;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * What journals log while this is open. Keeps it off the console.
 */
final class CapturedLog implements AutoCloseable {

	// Held, since java.util.logging only refers to its loggers weakly.
	private static final Logger logger = Logger.getLogger(Journal.class.getName());

	private final List<String> lines = new CopyOnWriteArrayList<>();

	private final Handler handler = new Handler() {

		@Override
		public void publish(LogRecord logged) {
			CapturedLog.this.lines.add(logged.getMessage());
		}

		@Override
		public void flush() {
		}

		@Override
		public void close() {
		}

	};

	CapturedLog() {
		logger.setUseParentHandlers(false);
		logger.addHandler(this.handler);
	}

	/** Returns the lines that contain a text, such as the name of the test's folder. */
	List<String> lines(Object text) {
		return this.lines.stream().filter((line) -> line.contains(text.toString())).toList();
	}

	@Override
	public void close() {
		logger.removeHandler(this.handler);
		logger.setUseParentHandlers(true);
	}

}
