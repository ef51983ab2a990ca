package io.telemetryrouter.internal.health;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.QuarantineSettings;
import io.telemetryrouter.QuarantineSnapshot;
import io.telemetryrouter.internal.RouterCore;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.metrics.Counters;
import io.telemetryrouter.internal.registry.Handler;

/**
 * Sets a handler aside that keeps failing, and lets it come back.
 * <p>
 * A handler that works never gets here. Its calls are not watched: a failure asks how
 * many calls have been handled since the last one. While it is set aside the handler's
 * gate sends each event here; when the time is up one of them becomes the attempt that
 * decides, claimed by the frame of the thread that makes it.
 * <p>
 * What the attempt's thread reports while it holds the claim is the verdict; calls that
 * began earlier and end meanwhile are none, and a condition that rejects the event gives
 * the claim back. Set aside or not is the gate's to say, whose one write is the last step
 * in and the first out, so that an error half-way leaves nobody shut in.
 *
 * @since 0.1.0
 */
public final class CircuitBreaker {

	private final Handler handler;

	private final RouterCore core;

	private final QuarantineSettings settings;

	private final long windowNanos;

	private final long firstDelay;

	private final long maxDelay;

	private int failures;

	private long handledBefore = -1;

	private boolean windowOpen;

	private long windowStart;

	private long windowHandled;

	private long windowFailed;

	/** When the handler came back, if it has. */
	private @Nullable Long back;

	private long delay;

	private long begin;

	private Instant since = Instant.EPOCH;

	private Instant nextAttempt = Instant.EPOCH;

	private long times;

	private long skippedBefore;

	/** When the next attempt may be made. */
	private volatile long due;

	private @Nullable DispatchStack prober;

	private long claimed;

	public CircuitBreaker(Handler handler, RouterCore core) {
		this.handler = handler;
		this.core = core;
		this.settings = core.settings().quarantine();
		this.windowNanos = TimeUnit.NANOSECONDS.convert(this.settings.window());
		this.firstDelay = TimeUnit.NANOSECONDS.convert(this.settings.delay());
		this.maxDelay = TimeUnit.NANOSECONDS.convert(this.settings.maxDelay());
	}

	/**
	 * Called after a failure has been counted.
	 * @param error what was thrown
	 * @param frame whose call it was
	 */
	public void failed(Throwable error, DispatchStack frame) {
		long now = this.core.now();
		Instant instant = this.core.settings().clock().instant();
		String reason;
		Duration first;
		synchronized (this) {
			if (this.handler.isSetAside()) {
				if (this.prober == frame) {
					postpone(now, instant);
				}
				return;
			}
			reason = reasonToSetAside(now);
			if (reason == null) {
				return;
			}
			setAside(now, instant);
			first = Duration.ofNanos(this.delay);
		}
		this.core.reporter().quarantined(this.handler, reason, error, first);
	}

	private @Nullable String reasonToSetAside(long now) {
		long handled = this.handler.handledSoFar();
		this.failures = (handled == this.handledBefore) ? this.failures + 1 : 1;
		this.handledBefore = handled;
		long failed = this.handler.counters().get(Counters.FAILED);
		if (!this.windowOpen || now - this.windowStart > this.windowNanos) {
			this.windowOpen = true;
			this.windowStart = now;
			this.windowHandled = handled;
			this.windowFailed = failed - 1;
		}
		if (!this.handler.isActive()) {
			return null;
		}
		if (this.failures >= this.settings.failures()) {
			return this.failures + " failures in a row";
		}
		long failedNow = failed - this.windowFailed;
		long calls = handled - this.windowHandled + failedNow;
		if (calls >= this.settings.minimumCalls() && failedNow >= this.settings.failureRate() * calls) {
			return String.format(Locale.ROOT, "%d %% of %d calls failed in %s", 100 * failedNow / calls, calls,
					Duration.ofNanos(now - this.windowStart));
		}
		return null;
	}

	private void setAside(long now, Instant instant) {
		boolean relapse = this.back != null && now - this.back <= this.delay;
		this.delay = relapse ? longer(this.delay) : this.firstDelay;
		this.begin = now;
		this.since = instant;
		this.times++;
		this.skippedBefore = skipped();
		this.prober = null;
		delay(now, instant);
		this.handler.setAside(true);
	}

	private void postpone(long now, Instant instant) {
		this.delay = longer(this.delay);
		this.prober = null;
		delay(now, instant);
	}

	private long longer(long before) {
		return (before < this.maxDelay / 2) ? before * 2 : this.maxDelay;
	}

	private void delay(long now, Instant instant) {
		this.due = now + this.delay;
		this.nextAttempt = instant.plusNanos(this.delay);
	}

	/**
	 * Called when a condition has failed on the emitting thread, which holds no claim
	 * where the call itself would be made by a lane.
	 */
	public void conditionFailed() {
		long now = this.core.now();
		Instant instant = this.core.settings().clock().instant();
		synchronized (this) {
			if (this.handler.isSetAside() && this.prober == null && isDue(now)) {
				postpone(now, instant);
			}
		}
	}

	/**
	 * Returns whether events may be queued for an attempt.
	 * @return {@code false} while the delay runs
	 */
	public boolean isDue() {
		return isDue(this.core.now());
	}

	private boolean isDue(long now) {
		return now - this.due >= 0;
	}

	/**
	 * Claims the attempt.
	 * @param frame the calling thread's
	 * @return whether to go on, with the claim or because the handler is back; if not the
	 * event is to be skipped
	 */
	public boolean claim(DispatchStack frame) {
		long now = this.core.now();
		if (!isDue(now)) {
			return !this.handler.isSetAside();
		}
		synchronized (this) {
			if (!this.handler.isSetAside()) {
				return true;
			}
			if (!isDue(now) || (this.prober != null && !isLost(this.prober, now))) {
				return false;
			}
			this.prober = frame;
			this.claimed = now;
			return true;
		}
	}

	/**
	 * A thread that runs out of stack or memory may fail to say how its attempt ended.
	 */
	private boolean isLost(DispatchStack frame, long now) {
		return now - this.claimed >= this.delay && frame.countRunning(this.handler.number) == 0;
	}

	/**
	 * Gives the claim back: the event never came to the handler.
	 * @param frame the calling thread's
	 */
	public synchronized void giveBack(DispatchStack frame) {
		if (this.prober == frame) {
			this.prober = null;
		}
	}

	/**
	 * Called when a call that may have been the attempt has returned.
	 * @param frame the calling thread's
	 */
	public void handled(DispatchStack frame) {
		end(frame);
	}

	/**
	 * Ends the quarantine, if there is one.
	 */
	public void release() {
		end(null);
	}

	private void end(@Nullable DispatchStack frame) {
		long now = this.core.now();
		long skipped;
		Duration lasted;
		synchronized (this) {
			if (!this.handler.isSetAside() || (frame != null && this.prober != frame)) {
				return;
			}
			this.handler.setAside(false);
			this.prober = null;
			this.back = (frame != null) ? now : null;
			this.failures = 0;
			this.windowOpen = false;
			skipped = skipped() - this.skippedBefore;
			lasted = Duration.ofNanos(now - this.begin);
		}
		this.core.reporter().recovered(this.handler, lasted, skipped);
	}

	private long skipped() {
		return this.handler.counters().dropped(DropReason.QUARANTINED);
	}

	public synchronized @Nullable QuarantineSnapshot snapshot() {
		return this.handler.isSetAside()
				? new QuarantineSnapshot(this.since, this.nextAttempt, this.times, skipped() - this.skippedBefore)
				: null;
	}

}
