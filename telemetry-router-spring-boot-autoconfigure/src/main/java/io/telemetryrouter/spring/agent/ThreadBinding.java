package io.telemetryrouter.spring.agent;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.RunScope;

/**
 * Binds a run to one thread, the first one that calls {@link #open()}, until that thread
 * has called {@link #close()} as often or the binding ends. Calls by other threads have
 * no effect while it is open.
 */
final class ThreadBinding {

	private final Supplier<RunScope> run;

	private volatile @Nullable RunScope scope;

	/** The id of the thread. Written before the scope. */
	private long thread;

	/** Number of unmatched {@link #open()} calls. Used by that thread only. */
	private int depth;

	ThreadBinding(Supplier<RunScope> run) {
		this.run = run;
	}

	void open() {
		if (this.scope == null) {
			this.thread = Thread.currentThread().getId();
			this.depth = 1;
			this.scope = this.run.get();
		}
		else if (isMine()) {
			this.depth++;
		}
	}

	void close() {
		if (this.scope != null && isMine() && --this.depth == 0) {
			end();
		}
	}

	private boolean isMine() {
		return this.thread == Thread.currentThread().getId();
	}

	/** Ends the binding, from any thread. */
	void end() {
		RunScope bound = this.scope;
		if (bound != null) {
			this.scope = null;
			bound.close();
		}
	}

}
