package io.telemetryrouter.internal.health;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * Makes its checks every now and then, on the one thread of a router that has the time:
 * stuck calls, lanes that no thread works for, owners that were collected, timeouts.
 * <p>
 * The thread begins with the first handler, ends with the router and does not keep it.
 */
public final class Watchdog {

	private final long interval;

	private final Reporter reporter;

	private volatile List<Check> checks = List.of();

	/** Written under this. */
	private volatile @Nullable Thread thread;

	private volatile boolean stopped;

	/** When a check wants to be made, if that is before the interval is over. */
	private long deadline;

	private boolean hasDeadline;

	/**
	 * Creates a watchdog.
	 * @param interval the time between two rounds, in nanoseconds
	 * @param reporter reports checks that fail
	 */
	public Watchdog(long interval, Reporter reporter) {
		this.interval = interval;
		this.reporter = reporter;
	}

	/**
	 * Sets what to check. To be called before {@link #start()}.
	 * @param checks the checks, in order
	 */
	public void checks(List<Check> checks) {
		this.checks = checks;
	}

	/**
	 * Starts watching, unless it has.
	 */
	public void start() {
		if (this.thread == null) {
			begin();
		}
	}

	private synchronized void begin() {
		if (this.thread != null || this.stopped) {
			return;
		}
		try {
			Thread watcher = new Thread(null, new Rounds(this), "telemetry-router-watchdog", 0, false);
			watcher.setDaemon(true);
			// Nothing it runs should hold on to an application's classes.
			watcher.setContextClassLoader(Watchdog.class.getClassLoader());
			watcher.start();
			this.thread = watcher;
		}
		catch (Throwable ex) {
			this.reporter.unwatched(ex);
		}
	}

	/**
	 * Asks for a round at a certain time, or before.
	 * @param nanoTime when, on the clock of {@link System#nanoTime()}
	 */
	public void wakeBy(long nanoTime) {
		start();
		synchronized (this) {
			if (this.hasDeadline && this.deadline - nanoTime <= 0) {
				return;
			}
			this.deadline = nanoTime;
			this.hasDeadline = true;
		}
		if (nanoTime - System.nanoTime() < this.interval) {
			LockSupport.unpark(this.thread);
		}
	}

	private synchronized long pause() {
		return this.hasDeadline ? Math.min(this.interval, this.deadline - System.nanoTime()) : this.interval;
	}

	/** A deadline holds for one round; checks ask again. */
	private synchronized void beginRound() {
		this.hasDeadline = false;
	}

	/**
	 * Stops watching for good.
	 */
	public synchronized void stop() {
		this.stopped = true;
		LockSupport.unpark(this.thread);
	}

	private void round() {
		beginRound();
		for (Check check : this.checks) {
			try {
				check.look();
			}
			catch (Throwable ex) {
				// The next check, and the next round, must not miss out.
				this.reporter.callbackFailed("Watchdog", ex);
			}
		}
	}

	/**
	 * Something to look after.
	 */
	@FunctionalInterface
	public interface Check {

		/**
		 * Looks after it, on the watchdog's thread. Does not wait.
		 */
		void look();

	}

	/**
	 * What the thread does: it holds the router only during a round.
	 */
	private static final class Rounds extends WeakReference<Watchdog> implements Runnable {

		Rounds(Watchdog watchdog) {
			super(watchdog);
		}

		@Override
		public void run() {
			long pause = round();
			while (pause >= 0) {
				LockSupport.parkNanos(this, Math.max(pause, 1));
				// An interrupt is nothing to it, but would keep it from parking.
				Thread.interrupted();
				pause = round();
			}
		}

		/**
		 * Makes a round.
		 * @return the time until the next one, or -1 for none
		 */
		private long round() {
			Watchdog watchdog = get();
			if (watchdog == null || watchdog.stopped) {
				return -1;
			}
			watchdog.round();
			return Math.max(0, watchdog.pause());
		}

	}

}
