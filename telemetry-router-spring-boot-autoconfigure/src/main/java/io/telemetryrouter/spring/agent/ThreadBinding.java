package io.telemetryrouter.spring.agent;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.RunScope;

/**
 * Binds a run to one thread, the first one that calls {@link #open()}, until that thread
 * has called {@link #close()} as often or the binding ends. Calls by other threads have
 * no effect while it is open. Thread-safe: frameworks that propagate a scope to other
 * threads open it there too.
 */
final class ThreadBinding {

	private final Supplier<RunScope> run;

	private @Nullable RunScope scope;

	/** The id of the thread. */
	private long thread;

	/** Number of unmatched {@link #open()} calls of that thread. */
	private int depth;

	ThreadBinding(Supplier<RunScope> run) {
		this.run = run;
	}

	synchronized void open() {
		if (this.scope == null) {
			this.thread = Thread.currentThread().getId();
			this.depth = 1;
			this.scope = this.run.get();
		}
		else if (isMine()) {
			this.depth++;
		}
	}

	synchronized void close() {
		if (this.scope != null && isMine() && --this.depth == 0) {
			end();
		}
	}

	private boolean isMine() {
		return this.thread == Thread.currentThread().getId();
	}

	/** Ends the binding, from any thread. */
	synchronized void end() {
		RunScope bound = this.scope;
		if (bound != null) {
			this.scope = null;
			bound.close();
		}
	}

}
