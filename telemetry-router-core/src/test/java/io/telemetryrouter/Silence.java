package io.telemetryrouter;

import java.util.ResourceBundle;

import org.jspecify.annotations.Nullable;

/**
 * Discards log lines: formatting thousands of stack traces would take most of a test's
 * time.
 */
public final class Silence implements System.Logger {

	@Override
	public String getName() {
		return "silence";
	}

	@Override
	public boolean isLoggable(Level level) {
		return false;
	}

	@Override
	public void log(Level level, @Nullable ResourceBundle bundle, String message, @Nullable Throwable thrown) {
	}

	@Override
	public void log(Level level, @Nullable ResourceBundle bundle, String format, @Nullable Object... arguments) {
	}

}
