package io.telemetryrouter.spring.autoconfigure;

import java.text.MessageFormat;
import java.util.ResourceBundle;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.telemetryrouter.TelemetryRouter;

/**
 * Writes the router's log lines directly to the application's logging system.
 * {@code java.util.logging} resets itself when the JVM shuts down, so the last lines
 * would be lost there.
 */
final class RouterLogger implements System.Logger {

	private final Log log;

	RouterLogger() {
		this(LogFactory.getLog(TelemetryRouter.class));
	}

	RouterLogger(Log log) {
		this.log = log;
	}

	@Override
	public String getName() {
		return TelemetryRouter.class.getName();
	}

	@Override
	public boolean isLoggable(Level level) {
		return switch (level) {
			case ALL, TRACE -> this.log.isTraceEnabled();
			case DEBUG -> this.log.isDebugEnabled();
			case INFO -> this.log.isInfoEnabled();
			case WARNING -> this.log.isWarnEnabled();
			case ERROR -> this.log.isErrorEnabled();
			case OFF -> false;
		};
	}

	@Override
	public void log(Level level, @Nullable ResourceBundle bundle, @Nullable String message, @Nullable Throwable error) {
		switch (level) {
			case ALL, TRACE -> this.log.trace(message, error);
			case DEBUG -> this.log.debug(message, error);
			case INFO -> this.log.info(message, error);
			case WARNING -> this.log.warn(message, error);
			case ERROR -> this.log.error(message, error);
			case OFF -> {
			}
		}
	}

	@Override
	public void log(Level level, @Nullable ResourceBundle bundle, @Nullable String format,
			@Nullable Object @Nullable ... params) {
		boolean plain = format == null || params == null || params.length == 0;
		log(level, bundle, plain ? format : MessageFormat.format(format, params), (Throwable) null);
	}

}
