package io.telemetryrouter.internal.health;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * Runs periodic checks on a thread of its own: stuck calls, lanes without a thread,
 * collected owners, timeouts. The thread starts with the first handler, ends with the
 * router and does not prevent garbage collection of the router.
 */
public final class Watchdog {

	private static final long MIN_INTERVAL = TimeUnit.MILLISECONDS.toNanos(1);

	private final Reporter reporter;

	private volatile List<Runnable> checks = List.of();

	private volatile boolean stopped;

	// Guarded by this.

	/** The nanoseconds between two rounds. */
	private long interval;

	private @Nullable Thread thread;

	/** The time of the next round, if a check needs it before the interval is over. */
	private @Nullable Long deadline;

	/** Creates a watchdog with the nanoseconds between two rounds. */
	public Watchdog(long interval, Reporter reporter) {
		this.interval = interval;
		this.reporter = reporter;
	}

	/**
	 * Shortens the interval to a tenth of a time limit in nanoseconds, so that the limit
	 * is noticed in time; 0 for no limit.
	 */
	public synchronized void watch(long nanos) {
		if (nanos != 0 && nanos / 10 < this.interval) {
			this.interval = Math.max(MIN_INTERVAL, nanos / 10);
			LockSupport.unpark(this.thread);
		}
	}

	/** Sets the checks, in order; they must not block. Called before {@link #start()}. */
	public void checks(List<Runnable> checks) {
		this.checks = checks;
	}

	/** Starts the thread, unless it was started. */
	public synchronized void start() {
		if (this.thread != null || this.stopped) {
			return;
		}
		try {
			Thread watcher = new Thread(null, new Rounds(this), "telemetry-router:watchdog", 0, false);
			watcher.setDaemon(true);
			// The thread must not retain the class loader of an application.
			watcher.setContextClassLoader(Watchdog.class.getClassLoader());
			watcher.start();
			this.thread = watcher;
		}
		catch (Throwable ex) {
			this.reporter.unwatched(ex);
		}
	}

	/** Requests a round at or before a time on the clock of {@link System#nanoTime()}. */
	public synchronized void wakeBy(long nanoTime) {
		start();
		if (this.deadline == null || nanoTime - this.deadline < 0) {
			this.deadline = nanoTime;
			if (nanoTime - System.nanoTime() < this.interval) {
				LockSupport.unpark(this.thread);
			}
		}
	}

	private synchronized long pause() {
		return (this.deadline != null) ? Math.min(this.interval, this.deadline - System.nanoTime()) : this.interval;
	}

	public synchronized void stop() {
		this.stopped = true;
		LockSupport.unpark(this.thread);
	}

	private void round() {
		synchronized (this) {
			// A deadline applies to one round; checks request the next one.
			this.deadline = null;
		}
		try {
			for (Runnable check : this.checks) {
				this.reporter.guard("Watchdog", check);
			}
		}
		catch (Throwable ex) {
			// No memory for the iterator, for example. The thread makes the next round.
			return;
		}
	}

	/** The thread's task. It refers to the router strongly only during a round. */
	private static final class Rounds extends WeakReference<Watchdog> implements Runnable {

		Rounds(Watchdog watchdog) {
			super(watchdog);
		}

		@Override
		public void run() {
			Watchdog watchdog = get();
			while (watchdog != null && !watchdog.stopped) {
				// Pauses first, so as not to delay the start of an application.
				long pause = Math.max(1, watchdog.pause());
				watchdog = null;
				LockSupport.parkNanos(this, pause);
				// An interrupt is ignored; the set status would prevent parking.
				Thread.interrupted();
				watchdog = get();
				if (watchdog != null && !watchdog.stopped) {
					watchdog.round();
				}
			}
		}

	}

}
