package io.telemetryrouter.internal.health;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DanglingSpan;
import io.telemetryrouter.DropReason;
import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.StuckCall;
import io.telemetryrouter.internal.support.Durations;
import io.telemetryrouter.internal.support.Headroom;
import io.telemetryrouter.internal.support.Names;
import io.telemetryrouter.internal.support.Throttle;
import io.telemetryrouter.internal.support.Ticker;

/**
 * Composes every line of the router's log and limits how often each is written. No line
 * contains a payload or an unprintable name.
 */
public final class Reporter {

	private static final int MAX_SPANS = 5;

	private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

	private final LogWriter log;

	private final Ticker ticker;

	private final Throttle callbackReports = new Throttle();

	private final Throttle recursionReports = new Throttle();

	private final Throttle rejectionReports = new Throttle();

	private final Throttle spanReports = new Throttle();

	private final Throttle lateReports = new Throttle(Long.MAX_VALUE);

	private volatile boolean closing;

	public Reporter(LogWriter log, Ticker ticker) {
		this.log = log;
		this.ticker = ticker;
	}

	public void handlerFailed(String handler, String event, Throwable error, Throttle throttle) {
		warn(throttle, "failure", error, () -> named(handler) + " failed on event " + Names.quoted(event));
	}

	public void conditionFailed(String handler, String event, Throwable error, Throttle throttle) {
		warn(throttle, "failure", error,
				() -> "Condition of handler " + Names.quoted(handler) + " failed on event " + Names.quoted(event)
						+ ", which counts as " + DropReason.CONDITION_FAILED.label() + " and is not handled");
	}

	public void typeMismatch(String handler, Class<?> type, String event, @Nullable Object payload, Throttle throttle) {
		warn(throttle, "mismatch", null,
				() -> named(handler) + " takes payloads of type " + type.getTypeName() + ", but event "
						+ Names.quoted(event) + " has a payload of "
						+ ((payload != null) ? payload.getClass().getTypeName() : "null")
						+ " and was not passed to it: emit the expected type, or declare a wider one");
	}

	/** Reports only the class of the failure: its message may quote the payload. */
	public void unreadable(String handler, Class<?> type, String event, Throwable failure, Throttle throttle) {
		warn(throttle, "event", null,
				() -> named(handler) + " takes payloads of type " + type.getTypeName() + ", as which recorded event "
						+ Names.quoted(event) + " cannot be read (" + failure.getClass().getName()
						+ "), so that it was not passed to it: take the recorded type, or use an EventUpcaster");
	}

	public void payloadWrong(String event, String problem, Throttle throttle) {
		warn(throttle, "payload", null,
				() -> "Payload of event " + Names.quoted(event) + " breaks its contract: " + problem);
	}

	public void slowHandler(String handler, String event, long nanos, long threshold, Throttle throttle) {
		warn(throttle, "slow call", null, () -> named(handler) + " took " + Durations.printable(nanos) + " on event "
				+ Names.quoted(event) + ", over its threshold of " + Durations.printable(threshold));
	}

	/** Reports a slow emit, and its longest part if one stands out. */
	public void slowDispatch(String event, long nanos, long threshold, @Nullable String slowest,
			@Nullable String handler, long slowestNanos, Throttle throttle) {
		warn(throttle, "slow emit", null, () -> {
			String part = (slowest == null)
					? "no handler, condition, context carrier or full queue took a noticeable part of it"
					: "of that, the " + slowest + ((handler != null) ? " " + Names.quoted(handler) : "") + " took "
							+ Durations.printable(slowestNanos);
			return "Emitting " + Names.quoted(event) + " took " + Durations.printable(nanos)
					+ ", over the threshold of " + Durations.printable(threshold) + "; " + part;
		});
	}

	public void recursion(Iterable<String> chain, int maxDepth, int maxNestedEmits) {
		warn(this.recursionReports, "loop", null, () -> {
			StringJoiner names = new StringJoiner(" -> ");
			chain.forEach((name) -> names.add(Names.printable(name)));
			return "Handlers emit in a loop: " + names + ". Emits beyond a depth of " + maxDepth + " or "
					+ maxNestedEmits + " nested emits are dropped (" + DropReason.RECURSION.label()
					+ "): stop one of the handlers from emitting, or, if this is no loop, raise 'telemetry-router.max-depth' or"
					+ " 'telemetry-router.max-nested-emits', which without Spring Boot are"
					+ " TelemetryRouterBuilder.maxDepth(int) and .maxNestedEmits(int)";
		});
	}

	public void overflowBegan(String handler, int capacity, boolean paused, OverflowPolicy policy) {
		String dropped = switch (policy) {
			case DROP_NEWEST -> "new events are dropped";
			case DROP_OLDEST -> "new events take the place of the oldest, which are dropped";
			case SPILL -> "so many events are left to the recorder that new ones are dropped";
			case BLOCK -> "new events are dropped if their emitter must not wait or has waited for the block timeout";
		};
		warn("The queue of " + (paused ? "paused " : "") + "handler " + Names.quoted(handler) + " is full ("
				+ events(capacity) + "): " + dropped);
	}

	public void fellBehind(String handler, int capacity) {
		warn(named(handler) + " is behind: its queue is full (" + events(capacity)
				+ "); further events wait in the journal until it has caught up");
	}

	public void caughtUp(String handler, long nanos, long spilled) {
		inform(named(handler) + " is no longer behind after " + Durations.printable(nanos) + "; " + events(spilled)
				+ " had waited in the journal");
	}

	/** Reports only the class of the failure: its message may quote a payload. */
	public void notJournalled(String handler, @Nullable Throwable failure, Throttle throttle) {
		warn(throttle, "event", null,
				() -> named(handler) + " has fallen behind, and cannot be given an event that is not in the journal"
						+ ((failure != null) ? ", or not to be read (" + failure.getClass().getName() + ")" : "")
						+ "; such events are counted as " + DropReason.NOT_JOURNALLED.label()
						+ ": see what handler 'journal' has dropped and what the journal has lost");
	}

	public void blockingRefused(String handler, String thread) {
		warn(named(handler) + " has overflow policy BLOCK, but no emitter waits on a thread like "
				+ Names.quoted(thread) + ", which must not be blocked: when its queue is full, events are dropped");
	}

	public void overflowEnded(String handler, long dropped) {
		inform(named(handler) + " has room in its queue again; " + eventsWere(dropped, "") + " dropped");
	}

	private static String events(long count) {
		return (count == 1) ? "1 event" : count + " events";
	}

	private static String eventsWere(long count, String which) {
		return events(count) + which + ((count == 1) ? " was" : " were");
	}

	public void notHeld(long dropped, int limit) {
		warn(eventsWere(dropped, " emitted before the router had started") + " dropped ("
				+ DropReason.NOT_STARTED.label() + "): it holds " + limit
				+ " at most; start it earlier, or raise 'telemetry-router.max-held-events', which without Spring Boot is"
				+ " TelemetryRouterBuilder.holdEvents(int)");
	}

	void quarantined(String handler, String reason, Throwable error, long delay) {
		warn(named(handler) + " is quarantined for " + Durations.printable(delay) + " after " + reason
				+ ", the last with " + error.getClass().getName() + "; its events are dropped until a probe succeeds");
	}

	void recovered(String handler, long lasted, long skipped) {
		inform(named(handler) + " has recovered after " + Durations.printable(lasted) + "; " + eventsWere(skipped, "")
				+ " dropped");
	}

	// Without context: its carrier may be what is stuck, and must not run under a lock.

	void unwatched(Throwable ex) {
		this.log.writeWithoutContext(Level.WARNING,
				"No thread to watch for stuck handlers; the next registration tries again", ex);
	}

	void stuck(String subject, StuckCall call, long nanos) {
		String stack = call.stack().stream().map((frame) -> "\n\tat " + frame).collect(Collectors.joining());
		this.log.writeWithoutContext(Level.WARNING, subject + " has been busy with event '" + call.event() + "' for "
				+ Durations.printable(nanos) + " or longer on thread '" + call.thread() + "':" + stack, null);
	}

	void returned(String subject, StuckCall call, long nanos, Throttle throttle) {
		write(Level.INFO, acquire(throttle, "return"),
				subject + " has returned from event '" + call.event() + "' after about " + Durations.printable(nanos),
				null);
	}

	public void danglingSpans(List<DanglingSpan> spans) {
		write(Level.WARNING, acquire(this.spanReports, "line"),
				"Spans that began and have not ended: "
						+ spans.stream().limit(MAX_SPANS).map(Reporter::described).collect(Collectors.joining(", "))
						+ ((spans.size() > MAX_SPANS) ? " and " + (spans.size() - MAX_SPANS) + " others" : ""),
				null);
	}

	private static String described(DanglingSpan span) {
		return Names.quoted(span.name()) + " of "
				+ ((span.runId() != null) ? "run " + Names.quoted(span.runId()) : "no run") + ", begun "
				+ Durations.printable(span.age().toNanos()) + " ago"
				+ (span.abandoned() ? " and no longer referenced" : "");
	}

	public void laneRejected(String handler, Throwable ex) {
		write(Level.ERROR, acquire(this.rejectionReports, "rejection"), "No thread for handler " + Names.quoted(handler)
				+ "; its events stay queued and the router tries again", ex);
	}

	public void laneNotRun(String handler) {
		write(Level.WARNING, acquire(this.rejectionReports, "delay"), "The lane executor has not run handler "
				+ Names.quoted(handler) + " for over a second; a thread of the router handles its queued events", null);
	}

	/** Reports that user code other than a handler has failed. */
	public void callbackFailed(String subject, Throwable ex) {
		write(Level.WARNING, acquire(this.callbackReports, "failure"), subject + " failed", ex);
		if (ex instanceof InterruptedException) {
			// The interrupt status was cleared by the code that threw this exception.
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Runs code and reports what it throws. Never throws, even without memory or stack.
	 */
	public void guard(String subject, Runnable code) {
		try {
			code.run();
		}
		catch (Throwable ex) {
			try {
				callbackFailed(subject, ex);
			}
			catch (Throwable unreported) {
				return;
			}
		}
	}

	public void registrationGrowth(String source, int count) {
		warn("Possible leak: " + count + " handlers registered by " + Names.printable(source)
				+ " are active; close the subscriptions or bind them to an owner");
	}

	public void unheard(String event, boolean byCatchAll, @Nullable String nearest) {
		unmatched("Event " + Names.quoted(event) + " has no handler" + (byCatchAll ? " except those for '**'" : ""),
				nearest);
	}

	public void uncalled(String handler, List<String> patterns, long nanos, @Nullable String nearest) {
		unmatched(named(handler) + " has not been called for " + Durations.printable(nanos) + ": no event matches "
				+ Names.quoted(String.join("', '", patterns)), nearest);
	}

	private void unmatched(String line, @Nullable String nearest) {
		this.log.writeWithoutContext((nearest != null) ? Level.WARNING : Level.INFO,
				line + "." + ((nearest != null) ? " Did you mean " + Names.quoted(nearest) + "?" : ""), null);
	}

	public void moreUnmatched(String kind, String number) {
		inform("Further " + kind + " without a counterpart are not reported; see '" + number + "' in the snapshot");
	}

	public void closed(HandlerAccount total, long unhandled, Duration took, boolean complete, boolean interrupted) {
		String dropped = total.dropped()
			.entrySet()
			.stream()
			.filter((entry) -> entry.getValue() != 0)
			.map((entry) -> entry.getKey().label() + "=" + entry.getValue())
			.collect(Collectors.joining(", "));
		boolean allInTime = complete && total.dropped().getOrDefault(DropReason.SHUTDOWN_TIMEOUT, 0L) == 0;
		this.log.writeWithoutContext(allInTime ? Level.INFO : Level.WARNING,
				"Telemetry router closed in " + Durations.printable(took.toNanos())
						+ ((interrupted && !complete) ? ", as its thread was interrupted" : "") + ": offered="
						+ total.offered() + ", handled=" + total.handled() + ", failed=" + total.failed()
						+ ", filtered=" + total.filtered() + ", dropped={" + dropped + "}, running=" + total.running()
						+ ", unhandled=" + unhandled,
				null);
	}

	/** Called before the totals are read: events emitted later are not in the totals. */
	public void closing() {
		this.closing = true;
	}

	/** Reports the first late event, and waits briefly, as the process may end soon. */
	public void emittedLate(String event) {
		if (this.closing && acquire(this.lateReports, "emit") != null) {
			warn("Event " + Names.quoted(event) + " was emitted after the telemetry router had closed; it and all"
					+ " that follow are dropped (" + DropReason.CLOSED.label()
					+ "): stop the emitting code before the router closes");
			this.log.flush(LATE_NANOS);
		}
	}

	/** Returns the end of a line, or {@code null} if the throttle suppresses the line. */
	private @Nullable String acquire(Throttle throttle, String kind) {
		try {
			long before = throttle.tryAcquire(this.ticker.now());
			if (before == Throttle.SUPPRESSED) {
				return null;
			}
			Headroom.require();
			return (before > 0) ? " (and " + before + " more since the last report of such a " + kind + ")" : "";
		}
		catch (Throwable ex) {
			return null;
		}
	}

	/** Writes a warning, unless its throttle suppresses it; they are counted by kind. */
	private void warn(Throttle throttle, String kind, @Nullable Throwable error, Supplier<String> line) {
		String more = acquire(throttle, kind);
		if (more != null) {
			this.log.write(Level.WARNING, line.get() + more, error);
		}
	}

	// Lines that are not on a call: a carrier must not hold up the watchdog or the close.

	private void write(Level level, @Nullable String more, String line, @Nullable Throwable error) {
		if (more != null) {
			this.log.writeWithoutContext(level, line + more, error);
		}
	}

	private void warn(String line) {
		write(Level.WARNING, "", line, null);
	}

	private void inform(String line) {
		write(Level.INFO, "", line, null);
	}

	public static String named(String handler) {
		return "Handler " + Names.quoted(handler);
	}

}
