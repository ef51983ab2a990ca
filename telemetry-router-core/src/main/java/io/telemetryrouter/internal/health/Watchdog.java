package io.telemetryrouter.internal.health;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.StuckCall;
import io.telemetryrouter.internal.RouterCore;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.lane.Lane;
import io.telemetryrouter.internal.registry.HandlerRegistry;
import io.telemetryrouter.internal.registry.Handler;
import io.telemetryrouter.internal.support.Names;

/**
 * Looks now and then which calls have not ended, so that those who make them need no
 * clock: a level of a frame that shows the same handler and the same number of entries as
 * before is inside the same call. Each is reported once. Calls of asynchronous handlers
 * that are over their timeout are given up. As the one thread that has the time, it also
 * {@linkplain HandlerRegistry#maintain() maintains} the routes.
 * <p>
 * Its one thread begins with the first handler, ends with the router and does not keep
 * it.
 *
 * @since 0.1.0
 */
public final class Watchdog {

	private static final long MIN_INTERVAL = TimeUnit.MILLISECONDS.toNanos(1);

	private static final long MAX_INTERVAL = TimeUnit.SECONDS.toNanos(1);

	private final RouterCore core;

	private final long threshold;

	private final Duration timeout;

	private @Nullable Thread thread;

	private volatile boolean started;

	private volatile boolean stopped;

	/** By level, the call it was inside of. Of the watchdog's thread only. */
	private IdentityHashMap<DispatchStack.Level, Sighting> sightings = new IdentityHashMap<>();

	public Watchdog(RouterCore core) {
		this.core = core;
		this.threshold = TimeUnit.NANOSECONDS.convert(core.settings().stuckThreshold());
		this.timeout = core.settings().handlerTimeout();
	}

	/**
	 * Starts watching.
	 */
	public void start() {
		if (!this.started) {
			begin();
		}
	}

	private synchronized void begin() {
		if (this.started || this.stopped) {
			return;
		}
		this.started = true;
		try {
			Thread watcher = new Thread(null, new Rounds(this, interval()), "telemetry-router-watchdog", 0, false);
			watcher.setDaemon(true);
			// Nothing it runs should hold on to an application's classes.
			watcher.setContextClassLoader(Watchdog.class.getClassLoader());
			watcher.start();
			this.thread = watcher;
		}
		catch (Throwable ex) {
			this.core.reporter().unwatched(ex);
		}
	}

	private long interval() {
		long interval = (this.threshold != 0) ? this.threshold / 10 : MAX_INTERVAL;
		if (this.core.hasHandlerTimeout()) {
			interval = Math.min(interval, TimeUnit.NANOSECONDS.convert(this.timeout) / 10);
		}
		return Math.max(MIN_INTERVAL, Math.min(MAX_INTERVAL, interval));
	}

	/**
	 * Stops watching for good.
	 */
	public synchronized void stop() {
		this.stopped = true;
		if (this.thread != null) {
			LockSupport.unpark(this.thread);
		}
	}

	private void look() {
		long now = this.core.now();
		if (this.core.hasHandlerTimeout()) {
			for (Handler handler : this.core.registry().laneHandlers()) {
				Lane lane = handler.lane();
				if (lane != null) {
					lane.giveUpOverdue(now, this.timeout);
				}
			}
		}
		if (this.threshold != 0) {
			IdentityHashMap<DispatchStack.Level, Sighting> seen = new IdentityHashMap<>();
			this.core.frames().forEach((thread, frame) -> look(thread, frame, now, seen));
			this.sightings = seen;
		}
		this.core.registry().allHandlers().forEach((handler) -> sweep(handler, now));
		this.core.registry().maintain();
	}

	private void look(Thread thread, DispatchStack frame, long now,
			IdentityHashMap<DispatchStack.Level, Sighting> seen) {
		for (DispatchStack.Level level : frame.levels()) {
			int entries = level.entries();
			long number = level.running();
			if (number != 0) {
				Sighting before = this.sightings.get(level);
				Sighting sighting = (before != null && before.entries == entries && before.number == number) ? before
						: new Sighting(entries, number, now);
				seen.put(level, sighting);
				if (!sighting.reported && now - sighting.since >= this.threshold) {
					sighting.reported = true;
					report(thread, level, sighting, now);
				}
			}
		}
	}

	private void report(Thread thread, DispatchStack.Level level, Sighting sighting, long now) {
		String event = level.event();
		StackTraceElement[] stack = thread.getStackTrace();
		if (!sighting.isCurrent(level)) {
			// Has ended just now, and the stack may be of anything.
			return;
		}
		long nanos = now - sighting.since;
		Instant since = this.core.settings().clock().instant().minusNanos(nanos);
		StuckCall call = new StuckCall(Names.printable(thread.getName()), Names.printable(event), since, List.of(stack),
				false);
		for (Handler handler : this.core.registry().allHandlers()) {
			if (handler.number == sighting.number) {
				handler.stuckCalls
					.add(new StuckCalls.Entry(call, level, sighting.since, () -> !sighting.isCurrent(level)));
				this.core.reporter().stuck(handler, call, nanos);
			}
		}
	}

	private void sweep(Handler handler, long now) {
		for (StuckCalls.Entry entry : handler.stuckCalls.entries()) {
			if (entry.ended().getAsBoolean()) {
				handler.stuckCalls.remove(entry);
				this.core.reporter().unstuck(handler, entry.call(), now - entry.nanos());
			}
		}
	}

	/**
	 * A call that was seen running. Changed by the watchdog's thread only.
	 */
	private static final class Sighting {

		private final int entries;

		private final long number;

		private final long since;

		private boolean reported;

		Sighting(int entries, long number, long since) {
			this.entries = entries;
			this.number = number;
			this.since = since;
		}

		boolean isCurrent(DispatchStack.Level level) {
			return level.running() == this.number && level.entries() == this.entries;
		}

	}

	/**
	 * What the thread does: it holds the router only while it looks.
	 */
	private static final class Rounds extends WeakReference<Watchdog> implements Runnable {

		private final long interval;

		Rounds(Watchdog watchdog, long interval) {
			super(watchdog);
			this.interval = interval;
		}

		@Override
		public void run() {
			while (look()) {
				LockSupport.parkNanos(this, this.interval);
				// An interrupt is nothing to it, but would keep it from parking.
				Thread.interrupted();
			}
		}

		private boolean look() {
			Watchdog watchdog = get();
			if (watchdog == null || watchdog.stopped) {
				return false;
			}
			try {
				watchdog.look();
			}
			catch (Throwable ex) {
				watchdog.core.reporter().callbackFailed("Watchdog", ex);
			}
			return true;
		}

	}

}
