package io.telemetryrouter.internal.health;

import java.io.PrintWriter;
import java.io.Writer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.HandlerErrorListener;
import io.telemetryrouter.HandlerFailure;
import io.telemetryrouter.StuckCall;
import io.telemetryrouter.internal.RouterCore;
import io.telemetryrouter.internal.RouterSettings;
import io.telemetryrouter.internal.event.Cause;
import io.telemetryrouter.internal.registry.EventStatistics;
import io.telemetryrouter.internal.registry.Handler;
import io.telemetryrouter.internal.support.Headroom;
import io.telemetryrouter.internal.support.Names;
import io.telemetryrouter.internal.support.Throttle;

/**
 * Writes what the router has to say to the log, at limited rates. No payload and no
 * unprintable name gets into a line. Nothing it does throws.
 *
 * @since 0.1.0
 */
public final class Reporter {

	private final RouterCore core;

	private final RouterSettings settings;

	private final Logger logger;

	private final Throttle callbackReports = new Throttle();

	private final Throttle recursionReports = new Throttle();

	private final Throttle rejectionReports = new Throttle();

	public Reporter(RouterCore core) {
		this.core = core;
		this.settings = core.settings();
		this.logger = this.settings.logger();
	}

	public void handlerFailed(Handler handler, HandlerFailure failure) {
		for (HandlerErrorListener listener : this.settings.errorListeners()) {
			try {
				listener.onFailure(failure);
			}
			catch (Throwable ex) {
				callbackFailed("Error listener", ex);
			}
		}
		long before = acquire(handler.failureReports);
		if (before != Throttle.SUPPRESSED) {
			log(Level.WARNING, "Handler '" + Names.printable(handler.id) + "' failed on event '"
					+ Names.printable(failure.event()) + "'" + since(before, "failure"), failure.error());
		}
	}

	public void typeMismatch(Handler handler, String event, @Nullable Object payload) {
		long before = acquire(handler.mismatchReports);
		if (before != Throttle.SUPPRESSED) {
			log(Level.WARNING,
					"Handler '" + Names.printable(handler.id) + "' takes payloads of type "
							+ handler.payloadType.getName() + ", but event '" + Names.printable(event) + "' came with "
							+ ((payload != null) ? payload.getClass().getName() : "null") + since(before, "mismatch"),
					null);
		}
	}

	public void slowHandler(Handler handler, String event, long nanos) {
		long before = acquire(handler.slowReports);
		if (before != Throttle.SUPPRESSED) {
			log(Level.WARNING,
					"Handler '" + Names.printable(handler.id) + "' took " + millis(nanos) + " on event '"
							+ Names.printable(event) + "', over its threshold of " + millis(handler.slowNanos)
							+ since(before, "slow call"),
					null);
		}
	}

	public void slowDispatch(EventStatistics tally, String event, long nanos, @Nullable Handler slowest,
			long slowestNanos) {
		long before = acquire(tally.slowReports);
		if (before != Throttle.SUPPRESSED) {
			log(Level.WARNING, "Emitting '" + Names.printable(event) + "' took " + millis(nanos)
					+ ", over the threshold of " + millis(TimeUnit.NANOSECONDS.convert(this.settings.slowThreshold()))
					+ ((slowest != null) ? "; of that, the slowest handler '" + Names.printable(slowest.id) + "' took "
							+ millis(slowestNanos) : "; it has no synchronous handler")
					+ since(before, "slow emit"), null);
		}
	}

	public void recursion(Cause cause, String event) {
		if (!cause.claimReport()) {
			return;
		}
		long before = acquire(this.recursionReports);
		if (before != Throttle.SUPPRESSED) {
			String chain = cause.chain(event).stream().map(Names::printable).collect(Collectors.joining(" -> "));
			log(Level.WARNING, "Handlers emit in a loop; dropped what exceeds a depth of " + this.settings.maxDepth()
					+ " or " + this.settings.maxNestedEmits() + " nested emits: " + chain + since(before, "loop"),
					null);
		}
	}

	public void burstBegan(Handler handler, int capacity) {
		log(Level.WARNING, "Handler '" + Names.printable(handler.id) + "' is too slow: its queue of " + capacity
				+ " events is full and events are dropped", null);
	}

	public void burstEnded(Handler handler, long dropped) {
		log(Level.INFO, "Handler '" + Names.printable(handler.id) + "' has room in its queue again; " + dropped
				+ " events were dropped", null);
	}

	void quarantined(Handler handler, String reason, Throwable error, Duration delay) {
		log(Level.WARNING,
				"Handler '" + Names.printable(handler.id) + "' is set aside for " + delay + " after " + reason
						+ ", the last with " + error.getClass().getName()
						+ "; its events are skipped until an attempt succeeds",
				null);
	}

	void recovered(Handler handler, Duration lasted, long skipped) {
		log(Level.INFO, "Handler '" + Names.printable(handler.id) + "' is back after " + lasted + "; " + skipped
				+ " events were skipped", null);
	}

	void stuck(Handler handler, StuckCall call, long nanos) {
		String stack = call.stack().stream().map((frame) -> "\n\tat " + frame).collect(Collectors.joining());
		log(Level.WARNING, "Handler '" + Names.printable(handler.id) + "' has been busy with event '" + call.event()
				+ "' for " + millis(nanos) + " or longer on thread '" + call.thread() + "':" + stack, null);
	}

	void unstuck(Handler handler, StuckCall call, long nanos) {
		log(Level.INFO, "Handler '" + Names.printable(handler.id) + "' has returned from event '" + call.event()
				+ "' after about " + millis(nanos), null);
	}

	void unwatched(Throwable ex) {
		log(Level.WARNING, "No thread to watch for stuck handlers", ex);
	}

	public void notInlined(Throwable ex) {
		log(Level.DEBUG, "Handlers are called in a loop, which is slower than code of their own", ex);
	}

	public void laneRejected(Handler handler, Throwable ex) {
		long before = acquire(this.rejectionReports);
		if (before != Throttle.SUPPRESSED) {
			log(Level.ERROR, "No thread for handler '" + Names.printable(handler.id) + "'; its events stay queued"
					+ since(before, "rejection"), ex);
		}
	}

	public void callbackFailed(String what, Throwable ex) {
		long before = acquire(this.callbackReports);
		if (before != Throttle.SUPPRESSED) {
			log(Level.WARNING, what + " failed" + since(before, "failure"), ex);
		}
		if (ex instanceof InterruptedException) {
			// Thrown, against the rules, with the flag cleared.
			Thread.currentThread().interrupt();
		}
	}

	public void registrationGrowth(String source, int count) {
		log(Level.WARNING, "Possible leak: " + count + " handlers registered by " + Names.printable(source)
				+ " are active; close the subscriptions or bind them to an owner", null);
	}

	public void closed(HandlerAccount total, Duration took, boolean complete) {
		String dropped = total.dropped()
			.entrySet()
			.stream()
			.filter((entry) -> entry.getValue() != 0)
			.map((entry) -> entry.getKey().label() + "=" + entry.getValue())
			.collect(Collectors.joining(", "));
		log((complete && total.dropped().getOrDefault(DropReason.SHUTDOWN_TIMEOUT, 0L) == 0) ? Level.INFO
				: Level.WARNING,
				"Telemetry router closed in " + took.toMillis() + " ms: offered=" + total.offered() + ", handled="
						+ total.handled() + ", failed=" + total.failed() + ", filtered=" + total.filtered()
						+ ", dropped={" + dropped + "}, running=" + total.running(),
				null);
	}

	private long acquire(Throttle throttle) {
		try {
			long before = throttle.tryAcquire(this.core.now());
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
	 * Tries an exception out: a log handler that cannot print it may lose the whole line.
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

}
