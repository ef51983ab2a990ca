package io.telemetryrouter.internal.lane;

import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.support.Names;

/**
 * Gives each busy lane a thread: one of the router's own daemon threads, which go after
 * ten idle seconds, or one of the user's executor.
 */
public final class LaneExecutor implements Executor {

	/** With the user's executor a lane makes way for others now and then. */
	private static final int BATCH_SIZE = 256;

	private static final String THREAD_NAME = "telemetry-router-";

	private final @Nullable Executor external;

	private final ThreadPoolExecutor own;

	public LaneExecutor(@Nullable Executor external) {
		this.external = external;
		this.own = new ThreadPoolExecutor(0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(),
				new LaneThreadFactory());
	}

	@Override
	public void execute(Runnable task) {
		if (this.external != null) {
			this.external.execute(task);
		}
		else {
			this.own.execute(task);
		}
	}

	/**
	 * Runs a task on a thread of the router's own.
	 * @param task the task
	 */
	void executeOwn(Runnable task) {
		this.own.execute(task);
	}

	/**
	 * Runs a task that must run, and that may be the user's code: on a thread of the
	 * router's own, since the user's executor may refuse or lose it; on the calling
	 * thread only when there is no other, because the router is closed.
	 * @param task the task, which does not throw
	 */
	public void executeSurely(Runnable task) {
		try {
			this.own.execute(task);
		}
		catch (Throwable ex) {
			task.run();
		}
	}

	/**
	 * Returns whether lanes run on the user's executor.
	 * @return whether they should make way for others now and then
	 */
	boolean isExternal() {
		return this.external != null;
	}

	int batchSize() {
		return (this.external != null) ? BATCH_SIZE : Integer.MAX_VALUE;
	}

	/**
	 * Names the current thread after the handler it works for, if it is the router's.
	 * @param handlerId the handler's id
	 */
	void named(String handlerId) {
		if (Thread.currentThread() instanceof LaneThread thread && !handlerId.equals(thread.handlerId)) {
			// Setting a name is a system call; a thread often serves one lane for long.
			thread.handlerId = handlerId;
			thread.setName(THREAD_NAME + Names.printable(handlerId));
		}
	}

	boolean isShutdown() {
		return this.own.isShutdown();
	}

	/**
	 * Lets threads go.
	 * @param interrupt whether to interrupt handlers that are still running
	 */
	public void shutdown(boolean interrupt) {
		if (interrupt) {
			this.own.shutdownNow();
		}
		else {
			this.own.shutdown();
		}
	}

	private static final class LaneThread extends Thread {

		private String handlerId = "";

		LaneThread(Runnable task, String name) {
			// No inherited thread locals: they would be those of some emitter.
			super(null, task, name, 0, false);
		}

	}

	private static final class LaneThreadFactory implements ThreadFactory {

		private final AtomicInteger count = new AtomicInteger();

		private final @Nullable ClassLoader classLoader = Thread.currentThread().getContextClassLoader();

		@Override
		public Thread newThread(Runnable task) {
			LaneThread thread = new LaneThread(task, THREAD_NAME + this.count.incrementAndGet());
			thread.setDaemon(true);
			thread.setContextClassLoader(this.classLoader);
			return thread;
		}

	}

}
