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
 * Gives each busy lane a thread: one of the router's own daemon threads, which end after
 * ten idle seconds, or one of the user's executor.
 */
public final class LaneExecutor {

	/** On the user's executor, a lane makes way for other tasks after so many events. */
	private static final int BATCH_SIZE = 256;

	/** Begins the names of all threads that the router names. */
	private static final String THREAD = "telemetry-router";

	private final @Nullable Executor external;

	/** The user's executor, as the watchdog sees it. */
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

	/** Returns the executor of lanes that must not run on the user's. Ends with this. */
	LaneExecutor own() {
		return new LaneExecutor(this.own);
	}

	private Thread newThread(Runnable task) {
		// No inherited thread locals: they would be those of an emitter.
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

	/** Runs a task on a thread of the router's own. */
	void executeOwn(Runnable task) {
		this.own.execute(task);
	}

	/**
	 * Runs a task that must run, does not throw and may be user code: on a thread of the
	 * router's own, since the user's executor may refuse or lose it; on the calling
	 * thread only if the router is closed.
	 */
	public void executeSurely(Runnable task) {
		try {
			this.own.execute(() -> {
				// Not what it was when the thread last worked for a handler.
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
	 * Returns the name of a thread that works for a handler. Others have a colon, so that
	 * no handler's id makes the same name.
	 */
	static String threadName(String handlerId) {
		return THREAD + "-" + Names.printable(handlerId);
	}

	/**
	 * Names the current thread, if it is the router's or has no name of its own, as
	 * virtual threads have not.
	 */
	static void named(String name) {
		Thread thread = Thread.currentThread();
		String present = thread.getName();
		// A system call saved: a thread often stays with one lane.
		if (!present.equals(name) && (present.isEmpty() || present.startsWith(THREAD))) {
			thread.setName(name);
		}
	}

	boolean isShutdown() {
		return this.own.isShutdown();
	}

	/** Ends the threads, and interrupts handlers that are still running if asked to. */
	public void shutdown(boolean interrupt) {
		if (interrupt) {
			this.own.shutdownNow();
		}
		else {
			this.own.shutdown();
		}
	}

}
