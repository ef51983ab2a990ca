package io.telemetryrouter.internal.lane;

import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.health.StuckCallCheck;
import io.telemetryrouter.internal.support.Names;

/**
 * Provides a thread for each busy lane: a daemon thread of the router, which ends after
 * ten idle seconds, or a thread of the user's executor.
 */
public final class LaneExecutor {

	/** The number of events after which a lane yields the user's executor. */
	private static final int BATCH_SIZE = 256;

	/** The prefix of all thread names that the router sets. */
	private static final String THREAD = "telemetry-router";

	private final @Nullable Executor external;

	/** Lets the watchdog detect a hanging call of the user's executor. */
	public final StuckCallCheck.Callback callback = new StuckCallCheck.Callback("Lane executor");

	private final ThreadPoolExecutor own;

	private final AtomicInteger threads = new AtomicInteger();

	private final @Nullable ClassLoader classLoader = Thread.currentThread().getContextClassLoader();

	public LaneExecutor(@Nullable Executor external) {
		this.external = external;
		this.own = new ThreadPoolExecutor(0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(),
				this::newThread);
	}

	private LaneExecutor(ThreadPoolExecutor own) {
		this.external = null;
		this.own = own;
	}

	/**
	 * Returns an executor that shares the router's threads and does not use the user's.
	 * Shutting down this one shuts it down, too.
	 */
	LaneExecutor own() {
		return new LaneExecutor(this.own);
	}

	private Thread newThread(Runnable task) {
		// Do not inherit the thread locals of the emitter that starts the thread.
		Thread thread = new Thread(null, task, THREAD + ":" + this.threads.incrementAndGet(), 0, false);
		thread.setDaemon(true);
		thread.setContextClassLoader(this.classLoader);
		return thread;
	}

	void execute(Runnable task) {
		Executor executor = this.external;
		if (executor == null) {
			this.own.execute(task);
			return;
		}
		this.callback.call(() -> {
			executor.execute(task);
			return true;
		});
	}

	/** Runs a task on a thread of the router. */
	void executeOwn(Runnable task) {
		this.own.execute(task);
	}

	/**
	 * Runs a task that must not be lost, does not throw and may be user code. It runs on
	 * a thread of the router, since the user's executor may refuse or lose it. If no
	 * thread takes it, as after the close, it runs on the calling thread.
	 */
	public void executeReliably(Runnable task) {
		try {
			this.own.execute(() -> {
				// Replaces the name that the thread has from its last handler.
				Thread.currentThread().setName(THREAD + ":callbacks");
				task.run();
			});
		}
		catch (Throwable ex) {
			task.run();
		}
	}

	public boolean isExternal() {
		return this.external != null;
	}

	int batchSize() {
		return (this.external != null) ? BATCH_SIZE : Integer.MAX_VALUE;
	}

	/**
	 * Returns the thread name for a handler. Other thread names have a colon, so that no
	 * handler id leads to one of them.
	 */
	static String threadName(String handlerId) {
		return THREAD + "-" + Names.printable(handlerId);
	}

	/** Names the current thread if it is the router's or unnamed, as virtual ones are. */
	static void named(String name) {
		Thread thread = Thread.currentThread();
		String present = thread.getName();
		// A thread often stays with one lane: saves the system call.
		if (!present.equals(name) && (present.isEmpty() || present.startsWith(THREAD))) {
			thread.setName(name);
		}
	}

	boolean isShutdown() {
		return this.own.isShutdown();
	}

	/**
	 * Shuts the threads down. Interrupts running handlers if {@code interrupt} is set.
	 */
	public void shutdown(boolean interrupt) {
		if (interrupt) {
			this.own.shutdownNow();
		}
		else {
			this.own.shutdown();
		}
	}

}
