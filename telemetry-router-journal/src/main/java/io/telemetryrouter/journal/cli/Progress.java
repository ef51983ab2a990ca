package io.telemetryrouter.journal.cli;

import java.io.Console;
import java.io.PrintStream;
import java.lang.reflect.Method;

/**
 * Progress bar on a terminal; without a terminal, it prints nothing.
 */
final class Progress {

	private static final int WIDTH = 40;

	private final PrintStream err;

	private final boolean visible;

	private final long total;

	private int shown = -1;

	Progress(PrintStream err, boolean visible, long total) {
		this.err = err;
		this.visible = visible;
		this.total = total;
	}

	/**
	 * Since Java 22 {@link System#console()} may return a console that is no terminal.
	 */
	static boolean isTerminal() {
		Console console = System.console();
		if (console == null) {
			return false;
		}
		try {
			Method isTerminal = Console.class.getMethod("isTerminal");
			return (boolean) isTerminal.invoke(console);
		}
		catch (ReflectiveOperationException ex) {
			// Before Java 22 a console is a terminal.
			return true;
		}
	}

	void show(long done) {
		int percent = (this.total > 0) ? (int) Math.min(100, done * 100 / this.total) : 100;
		if (!this.visible || percent == this.shown) {
			return;
		}
		this.shown = percent;
		int filled = percent * WIDTH / 100;
		this.err.print("\r[" + "#".repeat(filled) + " ".repeat(WIDTH - filled) + "] " + percent + " %");
		this.err.flush();
	}

	/** Erases the bar before other lines are printed. */
	void clear() {
		if (this.visible && this.shown >= 0) {
			this.err.print("\r" + " ".repeat(WIDTH + 8) + "\r");
			this.err.flush();
			this.shown = -1;
		}
	}

}
