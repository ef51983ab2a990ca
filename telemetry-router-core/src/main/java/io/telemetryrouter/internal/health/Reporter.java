package io.telemetryrouter.internal.health;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DanglingSpan;
import io.telemetryrouter.DropReason;
import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.StuckCall;
import io.telemetryrouter.internal.support.Headroom;
import io.telemetryrouter.internal.support.Names;
import io.telemetryrouter.internal.support.Throttle;
import io.telemetryrouter.internal.support.Ticker;

/**
 * Composes every line of the router's log and limits how often each is written. No line
 * has a payload or an unprintable name.
 */
public final class Reporter {

	private static final int MAX_SPANS = 5;

	private final LogWriter log;

	private final Ticker ticker;

	private final Throttle callbackReports = new Throttle();

	private final Throttle recursionReports = new Throttle();

	private final Throttle rejectionReports = new Throttle();

	private final Throttle spanReports = new Throttle();

	public Reporter(LogWriter log, Ticker ticker) {
		this.log = log;
		this.ticker = ticker;
	}

	public void handlerFailed(String handler, String event, Throwable error, Throttle throttle) {
		String more = acquire(throttle, "failure");
		if (more != null) {
			warn(named(handler) + " failed on event '" + Names.printable(event) + "'" + more, error);
		}
	}

	public void typeMismatch(String handler, Class<?> type, String event, @Nullable Object payload, Throttle throttle) {
		String more = acquire(throttle, "mismatch");
		if (more != null) {
			warn(named(handler) + " takes payloads of type " + type.getName() + ", but event '" + Names.printable(event)
					+ "' came with " + ((payload != null) ? payload.getClass().getName() : "null") + more);
		}
	}

	public void slowHandler(String handler, String event, long nanos, long threshold, Throttle throttle) {
		String more = acquire(throttle, "slow call");
		if (more != null) {
			warn(named(handler) + " took " + millis(nanos) + " on event '" + Names.printable(event)
					+ "', over its threshold of " + millis(threshold) + more);
		}
	}

	public void slowDispatch(String event, long nanos, long threshold, @Nullable String slowest, long slowestNanos,
			Throttle throttle) {
		String more = acquire(throttle, "slow emit");
		if (more != null) {
			warn("Emitting '" + Names.printable(event) + "' took " + millis(nanos) + ", over the threshold of "
					+ millis(threshold)
					+ ((slowest != null) ? "; of that, the slowest handler '" + Names.printable(slowest) + "' took "
							+ millis(slowestNanos) : "; no synchronous handler took a noticeable part of it")
					+ more);
		}
	}

	public void recursion(Iterable<String> chain, int maxDepth, int maxNestedEmits) {
		String more = acquire(this.recursionReports, "loop");
		if (more != null) {
			StringBuilder names = new StringBuilder();
			chain.forEach((name) -> names.append((names.length() != 0) ? " -> " : "").append(Names.printable(name)));
			warn("Handlers emit in a loop; dropped what exceeds a depth of " + maxDepth + " or " + maxNestedEmits
					+ " nested emits: " + names + more);
		}
	}

	public void overflowBegan(String handler, int capacity) {
		warn(named(handler) + " is too slow: its queue of " + capacity + " events is full and events are dropped");
	}

	public void overflowEnded(String handler, long dropped) {
		inform(named(handler) + " has room in its queue again; " + dropped + " events were dropped");
	}

	void quarantined(String handler, String reason, Throwable error, long delay) {
		warn(named(handler) + " is quarantined for " + duration(delay) + " after " + reason + ", the last with "
				+ error.getClass().getName() + "; its events are dropped until a probe succeeds");
	}

	void recovered(String handler, long lasted, long skipped) {
		inform(named(handler) + " has recovered after " + duration(lasted) + "; " + skipped + " events were dropped");
	}

	void stuck(String handler, StuckCall call, long nanos) {
		String stack = call.stack().stream().map((frame) -> "\n\tat " + frame).collect(Collectors.joining());
		warn(named(handler) + " has been busy with event '" + call.event() + "' for " + millis(nanos)
				+ " or longer on thread '" + call.thread() + "':" + stack);
	}

	void returned(String handler, StuckCall call, long nanos) {
		inform(named(handler) + " has returned from event '" + call.event() + "' after about " + millis(nanos));
	}

	public void danglingSpans(List<DanglingSpan> spans) {
		String more = acquire(this.spanReports, "line");
		if (more != null) {
			warn("Spans that began and have not ended: "
					+ spans.stream().limit(MAX_SPANS).map(Reporter::described).collect(Collectors.joining(", "))
					+ ((spans.size() > MAX_SPANS) ? " and " + (spans.size() - MAX_SPANS) + " others" : "") + more);
		}
	}

	private static String described(DanglingSpan span) {
		return "'" + Names.printable(span.name()) + "' of "
				+ ((span.runId() != null) ? "run '" + Names.printable(span.runId()) + "'" : "no run") + ", begun "
				+ duration(span.age().toNanos()) + " ago" + (span.abandoned() ? " and given up" : "");
	}

	void unwatched(Throwable ex) {
		warn("No thread to watch for stuck handlers; the next registration tries again", ex);
	}

	public void laneRejected(String handler, Throwable ex) {
		String more = acquire(this.rejectionReports, "rejection");
		if (more != null) {
			this.log.write(Level.ERROR, "No thread for handler '" + Names.printable(handler)
					+ "'; its events stay queued and the router tries again" + more, ex);
		}
	}

	/** Reports that the user's executor has not run a lane for two watchdog rounds. */
	public void laneNotRun(String handler) {
		String more = acquire(this.rejectionReports, "delay");
		if (more != null) {
			warn("The lane executor has not run handler '" + Names.printable(handler)
					+ "' for over a second; a thread of the router handles its queued events" + more);
		}
	}

	/** Reports that user code other than a handler has failed. */
	public void callbackFailed(String what, Throwable ex) {
		String more = acquire(this.callbackReports, "failure");
		if (more != null) {
			this.log.writeWithoutContext(Level.WARNING, what + " failed" + more, ex);
		}
		if (ex instanceof InterruptedException) {
			// Thrown, against the rules, with the flag cleared.
			Thread.currentThread().interrupt();
		}
	}

	public void registrationGrowth(String source, int count) {
		warn("Possible leak: " + count + " handlers registered by " + Names.printable(source)
				+ " are active; close the subscriptions or bind them to an owner");
	}

	public void closed(HandlerAccount total, Duration took, boolean complete) {
		String dropped = total.dropped()
			.entrySet()
			.stream()
			.filter((entry) -> entry.getValue() != 0)
			.map((entry) -> entry.getKey().label() + "=" + entry.getValue())
			.collect(Collectors.joining(", "));
		boolean allInTime = complete && total.dropped().getOrDefault(DropReason.SHUTDOWN_TIMEOUT, 0L) == 0;
		this.log.write(allInTime ? Level.INFO : Level.WARNING,
				"Telemetry router closed in " + took.toMillis() + " ms: offered=" + total.offered() + ", handled="
						+ total.handled() + ", failed=" + total.failed() + ", filtered=" + total.filtered()
						+ ", dropped={" + dropped + "}, running=" + total.running(),
				null);
	}

	/** Returns the end of a line, or {@code null} if the line must be left out. */
	private @Nullable String acquire(Throttle throttle, String what) {
		try {
			long before = throttle.tryAcquire(this.ticker.now());
			if (before == Throttle.SUPPRESSED) {
				return null;
			}
			Headroom.require();
			return (before > 0) ? " (and " + before + " more since the last report of such a " + what + ")" : "";
		}
		catch (Throwable ex) {
			return null;
		}
	}

	private void warn(String line) {
		this.log.write(Level.WARNING, line, null);
	}

	private void warn(String line, Throwable error) {
		this.log.write(Level.WARNING, line, error);
	}

	private void inform(String line) {
		this.log.write(Level.INFO, line, null);
	}

	private static String named(String handler) {
		return "Handler '" + Names.printable(handler) + "'";
	}

	private static String millis(long nanos) {
		return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
	}

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
