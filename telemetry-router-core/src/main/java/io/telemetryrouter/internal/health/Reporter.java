package io.telemetryrouter.internal.health;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.StuckCall;
import io.telemetryrouter.internal.support.Headroom;
import io.telemetryrouter.internal.support.Names;
import io.telemetryrouter.internal.support.Throttle;
import io.telemetryrouter.internal.support.Ticker;

/**
 * Words every line of the router's log and limits how often each is written. No payload
 * and no unprintable name gets into a line.
 */
public final class Reporter {

	private final LogWriter log;

	private final Ticker ticker;

	private final Throttle callbackReports = new Throttle();

	private final Throttle recursionReports = new Throttle();

	private final Throttle rejectionReports = new Throttle();

	/**
	 * Creates a reporter.
	 * @param log writes the lines
	 * @param ticker the monotonic clock
	 */
	public Reporter(LogWriter log, Ticker ticker) {
		this.log = log;
		this.ticker = ticker;
	}

	public void handlerFailed(String handler, String event, Throwable error, Throttle throttle) {
		long before = acquire(throttle);
		if (before != Throttle.SUPPRESSED) {
			this.log.write(Level.WARNING, "Handler '" + Names.printable(handler) + "' failed on event '"
					+ Names.printable(event) + "'" + since(before, "failure"), error);
		}
	}

	public void typeMismatch(String handler, Class<?> type, String event, @Nullable Object payload, Throttle throttle) {
		long before = acquire(throttle);
		if (before != Throttle.SUPPRESSED) {
			this.log.write(Level.WARNING,
					"Handler '" + Names.printable(handler) + "' takes payloads of type " + type.getName()
							+ ", but event '" + Names.printable(event) + "' came with "
							+ ((payload != null) ? payload.getClass().getName() : "null") + since(before, "mismatch"),
					null);
		}
	}

	public void slowHandler(String handler, String event, long nanos, long threshold, Throttle throttle) {
		long before = acquire(throttle);
		if (before != Throttle.SUPPRESSED) {
			this.log.write(Level.WARNING,
					"Handler '" + Names.printable(handler) + "' took " + millis(nanos) + " on event '"
							+ Names.printable(event) + "', over its threshold of " + millis(threshold)
							+ since(before, "slow call"),
					null);
		}
	}

	public void slowDispatch(String event, long nanos, long threshold, @Nullable String slowest, long slowestNanos,
			Throttle throttle) {
		long before = acquire(throttle);
		if (before != Throttle.SUPPRESSED) {
			this.log.write(Level.WARNING, "Emitting '" + Names.printable(event) + "' took " + millis(nanos)
					+ ", over the threshold of " + millis(threshold)
					+ ((slowest != null) ? "; of that, the slowest handler '" + Names.printable(slowest) + "' took "
							+ millis(slowestNanos) : "; no synchronous handler took a noticeable part of it")
					+ since(before, "slow emit"), null);
		}
	}

	public void recursion(Iterable<String> chain, int maxDepth, int maxNestedEmits) {
		long before = acquire(this.recursionReports);
		if (before != Throttle.SUPPRESSED) {
			StringBuilder names = new StringBuilder();
			chain.forEach((name) -> names.append((names.length() != 0) ? " -> " : "").append(Names.printable(name)));
			this.log.write(Level.WARNING, "Handlers emit in a loop; dropped what exceeds a depth of " + maxDepth
					+ " or " + maxNestedEmits + " nested emits: " + names + since(before, "loop"), null);
		}
	}

	public void overflowBegan(String handler, int capacity) {
		this.log.write(Level.WARNING, "Handler '" + Names.printable(handler) + "' is too slow: its queue of " + capacity
				+ " events is full and events are dropped", null);
	}

	public void overflowEnded(String handler, long dropped) {
		this.log.write(Level.INFO, "Handler '" + Names.printable(handler) + "' has room in its queue again; " + dropped
				+ " events were dropped", null);
	}

	void quarantined(String handler, String reason, Throwable error, long delay) {
		this.log.write(Level.WARNING,
				"Handler '" + Names.printable(handler) + "' is quarantined for " + duration(delay) + " after " + reason
						+ ", the last with " + error.getClass().getName()
						+ "; its events are dropped until a probe succeeds",
				null);
	}

	void recovered(String handler, long lasted, long skipped) {
		this.log.write(Level.INFO, "Handler '" + Names.printable(handler) + "' has recovered after " + duration(lasted)
				+ "; " + skipped + " events were dropped", null);
	}

	void stuck(String handler, StuckCall call, long nanos) {
		String stack = call.stack().stream().map((frame) -> "\n\tat " + frame).collect(Collectors.joining());
		this.log.write(Level.WARNING, "Handler '" + Names.printable(handler) + "' has been busy with event '"
				+ call.event() + "' for " + millis(nanos) + " or longer on thread '" + call.thread() + "':" + stack,
				null);
	}

	void returned(String handler, StuckCall call, long nanos) {
		this.log.write(Level.INFO, "Handler '" + Names.printable(handler) + "' has returned from event '" + call.event()
				+ "' after about " + millis(nanos), null);
	}

	void unwatched(Throwable ex) {
		this.log.write(Level.WARNING, "No thread to watch for stuck handlers; the next registration tries again", ex);
	}

	public void laneRejected(String handler, Throwable ex) {
		long before = acquire(this.rejectionReports);
		if (before != Throttle.SUPPRESSED) {
			this.log.write(Level.ERROR, "No thread for handler '" + Names.printable(handler)
					+ "'; its events stay queued and the router tries again" + since(before, "rejection"), ex);
		}
	}

	/**
	 * Reports that the user's executor has not run a lane for two looks of the watchdog.
	 * @param handler the handler's id
	 */
	public void laneNotRun(String handler) {
		long before = acquire(this.rejectionReports);
		if (before != Throttle.SUPPRESSED) {
			this.log.write(Level.WARNING, "The lane executor has not run handler '" + Names.printable(handler)
					+ "' for over a second; a thread of the router handles its queued events" + since(before, "delay"),
					null);
		}
	}

	/**
	 * Reports that code of the user other than a handler has failed.
	 * @param what what the code is
	 * @param ex what it threw
	 */
	public void callbackFailed(String what, Throwable ex) {
		long before = acquire(this.callbackReports);
		if (before != Throttle.SUPPRESSED) {
			this.log.writeWithoutContext(Level.WARNING, what + " failed" + since(before, "failure"), ex);
		}
		if (ex instanceof InterruptedException) {
			// Thrown, against the rules, with the flag cleared.
			Thread.currentThread().interrupt();
		}
	}

	public void registrationGrowth(String source, int count) {
		this.log.write(Level.WARNING, "Possible leak: " + count + " handlers registered by " + Names.printable(source)
				+ " are active; close the subscriptions or bind them to an owner", null);
	}

	/**
	 * Reports the totals of a router that has closed.
	 * @param total the accounts of all handlers, added up
	 * @param took how long it took to close
	 * @param complete whether all events were handled in time
	 */
	public void closed(HandlerAccount total, Duration took, boolean complete) {
		String dropped = total.dropped()
			.entrySet()
			.stream()
			.filter((entry) -> entry.getValue() != 0)
			.map((entry) -> entry.getKey().label() + "=" + entry.getValue())
			.collect(Collectors.joining(", "));
		this.log.write(
				(complete && total.dropped().getOrDefault(DropReason.SHUTDOWN_TIMEOUT, 0L) == 0) ? Level.INFO
						: Level.WARNING,
				"Telemetry router closed in " + took.toMillis() + " ms: offered=" + total.offered() + ", handled="
						+ total.handled() + ", failed=" + total.failed() + ", filtered=" + total.filtered()
						+ ", dropped={" + dropped + "}, running=" + total.running(),
				null);
	}

	private long acquire(Throttle throttle) {
		try {
			long before = throttle.tryAcquire(this.ticker.now());
			if (before != Throttle.SUPPRESSED) {
				Headroom.require();
			}
			return before;
		}
		catch (Throwable ex) {
			return Throttle.SUPPRESSED;
		}
	}

	private static String since(long before, String what) {
		return (before > 0) ? " (and " + before + " more since the last report of such a " + what + ")" : "";
	}

	private static String millis(long nanos) {
		return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
	}

	/**
	 * Words a duration.
	 * @param nanos the duration
	 * @return the duration in the unit that suits it
	 */
	static String duration(long nanos) {
		if (nanos < 1_000_000_000L) {
			return number(nanos / 1e6) + " ms";
		}
		return (nanos < 120_000_000_000L) ? number(nanos / 1e9) + " s" : number(nanos / 60e9) + " min";
	}

	private static String number(double value) {
		String text = String.format(Locale.ROOT, "%.1f", value);
		return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
	}

}
