package io.telemetryrouter.internal.health;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.QuarantineSettings;
import io.telemetryrouter.QuarantineSnapshot;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.support.Durations;
import io.telemetryrouter.internal.support.Ticker;

/**
 * Quarantines a repeatedly failing handler until a probe succeeds: a circuit breaker (M.
 * Nygard, Release It!) whose open state drops events.
 * <p>
 * Closed: a handler without failures has no overhead. Its calls are counted from the
 * first failure to the end of a window without failures. Open: each event is dropped
 * until the delay is over. Half-open: one event becomes the probe, claimed by the
 * dispatch stack of the thread that makes the call. The result that this thread reports
 * while it holds the claim decides; results of earlier calls are ignored, and a condition
 * that rejects the event gives the claim back. No probe is made while a call that timed
 * out has not returned, so hung probes do not accumulate threads.
 * <p>
 * The gate holds the state. It is written last when the breaker opens and first when it
 * closes, so an error half-way leaves no handler in quarantine.
 */
public final class CircuitBreaker {

	private final StuckCallCheck.Watched handler;

	private final Gate gate;

	private final QuarantineSettings settings;

	private final Reporter reporter;

	private final InstantSource clock;

	private final Ticker ticker;

	/** The number of calls that have returned while calls were counted. */
	private final AtomicLong handled = new AtomicLong();

	private long failed;

	private int consecutiveFailures;

	private long handledBefore = -1;

	/** {@code null} if there was no failure since the last recovery or quiet window. */
	private @Nullable Window window;

	private long lastFailure;

	/** The time of the last recovery by a probe, if any. */
	private @Nullable Long recoveredAt;

	private long delay;

	private long openedAt;

	private Instant since = Instant.EPOCH;

	private long times;

	private long skippedBefore;

	/** The earliest time of the next probe. */
	private volatile long due;

	/** The dispatch stack that has claimed the probe, if any. */
	private @Nullable DispatchStack probeStack;

	private long claimed;

	public CircuitBreaker(StuckCallCheck.Watched handler, Gate gate, QuarantineSettings settings, Reporter reporter,
			InstantSource clock, Ticker ticker) {
		this.handler = handler;
		this.gate = gate;
		this.settings = settings;
		this.reporter = reporter;
		this.clock = clock;
		this.ticker = ticker;
	}

	private static long nanos(Duration duration) {
		return TimeUnit.NANOSECONDS.convert(duration);
	}

	/** Called after each failed call; {@code stack} is that of the calling thread. */
	public void failed(Throwable error, DispatchStack stack) {
		long now = this.ticker.now();
		Instant instant = this.clock.instant();
		String reason;
		long first;
		synchronized (this) {
			this.failed++;
			if (this.gate.isQuarantined()) {
				if (this.probeStack == stack) {
					this.delay = longer(this.delay);
					delay(now);
				}
				return;
			}
			this.gate.countCalls(true);
			reason = reasonToOpen(now);
			if (reason == null) {
				return;
			}
			open(now, instant);
			first = this.delay;
		}
		this.reporter.quarantined(this.handler.handlerId(), reason, error, first);
	}

	private @Nullable String reasonToOpen(long now) {
		long returned = this.handled.get();
		this.consecutiveFailures = (returned == this.handledBefore) ? this.consecutiveFailures + 1 : 1;
		this.handledBefore = returned;
		this.lastFailure = now;
		Window current = this.window;
		if (current == null || now - current.start > nanos(this.settings.window())) {
			current = new Window(now, returned, this.failed - 1);
			this.window = current;
		}
		if (!this.gate.isActive()) {
			return null;
		}
		if (this.consecutiveFailures >= this.settings.failures()) {
			return this.consecutiveFailures + " consecutive failures";
		}
		long failedNow = this.failed - current.failedBefore;
		long calls = returned - current.handledBefore + failedNow;
		if (calls >= this.settings.minimumCalls() && failedNow >= this.settings.failureRate() * calls) {
			return String.format(Locale.ROOT, "%d %% of %d calls failed in %s", 100 * failedNow / calls, calls,
					Durations.printable(now - current.start));
		}
		int abandoned = this.handler.stuckCalls().abandoned();
		return (abandoned >= this.settings.failures()) ? abandoned + " calls that timed out and have not returned"
				: null;
	}

	private void open(long now, Instant instant) {
		boolean relapse = this.recoveredAt != null && now - this.recoveredAt <= this.delay;
		this.delay = relapse ? longer(this.delay) : nanos(this.settings.delay());
		this.openedAt = now;
		this.since = instant;
		this.times++;
		this.skippedBefore = this.gate.skipped();
		delay(now);
		this.gate.quarantine(true);
	}

	private long longer(long before) {
		long longest = nanos(this.settings.maxDelay());
		return (before < longest / 2) ? before * 2 : longest;
	}

	private void delay(long now) {
		this.probeStack = null;
		this.due = now + this.delay;
	}

	/**
	 * Returns whether events may be queued for a probe: the delay is over and no
	 * abandoned call is still running.
	 */
	public boolean isDue() {
		return isDue(this.ticker.now());
	}

	private boolean isDue(long now) {
		return now - this.due >= 0 && this.handler.stuckCalls().abandoned() == 0;
	}

	/**
	 * Claims the probe for the calling thread's stack. Returns {@code false} if the event
	 * must be dropped; {@code true} also if the breaker has closed meanwhile.
	 */
	public boolean claim(DispatchStack stack) {
		long now = this.ticker.now();
		if (!isDue(now)) {
			return !this.gate.isQuarantined();
		}
		synchronized (this) {
			if (!this.gate.isQuarantined()) {
				return true;
			}
			if (!isDue(now) || (this.probeStack != null && !isLost(this.probeStack, now))) {
				return false;
			}
			this.probeStack = stack;
			this.claimed = now;
			return true;
		}
	}

	/**
	 * A thread without stack or memory may be unable to report the result of its probe.
	 */
	private boolean isLost(DispatchStack stack, long now) {
		return now - this.claimed >= this.delay && stack.countRunning(this.handler.handlerNumber()) == 0;
	}

	/** Gives the claim back: the event did not reach the handler. */
	public synchronized void giveBack(DispatchStack stack) {
		if (this.probeStack == stack) {
			this.probeStack = null;
		}
	}

	public void returned(DispatchStack stack) {
		this.handled.incrementAndGet();
		if (this.gate.isQuarantined()) {
			close(stack);
		}
	}

	public void release() {
		close(null);
	}

	private void close(@Nullable DispatchStack stack) {
		long now = this.ticker.now();
		long skipped;
		long lasted;
		synchronized (this) {
			if (!this.gate.isQuarantined() || (stack != null && this.probeStack != stack)) {
				return;
			}
			this.gate.quarantine(false);
			this.probeStack = null;
			this.recoveredAt = (stack != null) ? now : null;
			this.consecutiveFailures = 0;
			this.window = null;
			skipped = this.gate.skipped() - this.skippedBefore;
			lasted = now - this.openedAt;
		}
		this.reporter.recovered(this.handler.handlerId(), lasted, skipped);
	}

	/**
	 * Stops counting calls after a whole window without a failure, but not before a call
	 * has returned since the last failure.
	 */
	public synchronized void relax(long now) {
		if (this.window != null && !this.gate.isQuarantined() && now - this.lastFailure > nanos(this.settings.window())
				&& this.handled.get() != this.handledBefore) {
			this.gate.countCalls(false);
			this.window = null;
			this.handledBefore = -1;
		}
	}

	public synchronized @Nullable QuarantineSnapshot snapshot() {
		return this.gate.isQuarantined() ? new QuarantineSnapshot(this.since,
				this.since.plusNanos(this.due - this.openedAt), this.times, this.gate.skipped() - this.skippedBefore)
				: null;
	}

	/** The start of a window, and the calls that were counted before. */
	private record Window(long start, long handledBefore, long failedBefore) {
	}

	/** Decides whether the handler of a breaker receives an event. */
	public interface Gate {

		boolean isActive();

		/**
		 * Returns whether the breaker is open or half-open: it then decides about each
		 * event.
		 */
		boolean isQuarantined();

		void quarantine(boolean quarantined);

		/** Sets whether calls that return are reported to the breaker. */
		void countCalls(boolean counted);

		/** Returns how many events were dropped because of the breaker. */
		long skipped();

	}

}
