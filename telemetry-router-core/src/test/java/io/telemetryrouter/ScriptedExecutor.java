package io.telemetryrouter;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * An executor that applies scripted steps to its next tasks, and then runs each task on a
 * thread of its own.
 */
final class ScriptedExecutor implements Executor {

	/**
	 * Treatment of a task.
	 */
	enum Step {

		/** Runs on a new thread. */
		RUN,

		/** Is rejected, as by a pool that is full for a moment. */
		REJECT,

		/** Meets an error, as when there is no memory for a thread. */
		THROW_ERROR,

		/** Is dropped without a word, as by a discarding policy. */
		DISCARD,

		/** Is kept until the test runs it. */
		KEEP,

		/** Runs on a new thread, and the caller gets an error all the same. */
		RUN_AND_THROW

	}

	private final Queue<Step> script = new ConcurrentLinkedQueue<>();

	private final Queue<Runnable> kept = new ConcurrentLinkedQueue<>();

	private final Step otherwise;

	ScriptedExecutor() {
		this(Step.RUN);
	}

	ScriptedExecutor(Step otherwise) {
		this.otherwise = otherwise;
	}

	/**
	 * Sets the treatment of the next tasks.
	 * @param steps a step for each task
	 */
	void next(Step... steps) {
		for (Step step : steps) {
			this.script.add(step);
		}
	}

	/**
	 * Runs the kept tasks on a new thread.
	 * @return the thread
	 */
	Thread runKept() {
		return start(() -> {
			for (Runnable task = this.kept.poll(); task != null; task = this.kept.poll()) {
				task.run();
			}
		});
	}

	@Override
	public void execute(Runnable task) {
		Step scripted = this.script.poll();
		switch ((scripted != null) ? scripted : this.otherwise) {
			case RUN -> start(task);
			case REJECT -> throw new RejectedExecutionException("full");
			case THROW_ERROR -> throw new OutOfMemoryError("unable to create native thread");
			case DISCARD -> {
			}
			case KEEP -> this.kept.add(task);
			case RUN_AND_THROW -> {
				start(task);
				throw new OutOfMemoryError("after the task was taken");
			}
		}
	}

	private static Thread start(Runnable task) {
		Thread thread = new Thread(task, "scripted");
		thread.setDaemon(true);
		thread.start();
		return thread;
	}

}
