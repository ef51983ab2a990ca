package io.telemetryrouter.internal.event;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.RunScope;

/**
 * A run of one router. {@link Runs} refers to it weakly: it lives as long as a binding of
 * a thread, an emitter, an envelope, a span or a captured context refers to it.
 */
public final class Run {

	final Runs runs;

	public final String id;

	public final @Nullable String parentId;

	/** The binding of threads that work for the run without a scope. */
	final RunBinding unscoped = new RunBinding(this, null);

	private final AtomicLong sequence = new AtomicLong();

	private final AtomicInteger scopes = new AtomicInteger();

	Run(Runs runs, String id, @Nullable String parentId) {
		this.runs = runs;
		this.id = id;
		this.parentId = parentId;
	}

	/** Returns the next sequence number of the run. */
	long next() {
		return this.sequence.incrementAndGet();
	}

	/** Returns the latest sequence number of the run. */
	public long latest() {
		return this.sequence.get();
	}

	/** Opens a scope, which binds the run to the calling thread. */
	public RunScope open() {
		this.scopes.incrementAndGet();
		return new Scope(this, RunBinding.open(this, null));
	}

	private record Scope(Run run, RunBinding binding) implements RunScope {

		@Override
		public String runId() {
			return this.run.id;
		}

		@Override
		public @Nullable String parentRunId() {
			return this.run.parentId;
		}

		@Override
		public void close() {
			if (this.binding.close() && this.run.scopes.decrementAndGet() == 0) {
				this.run.runs.ended(this.run.id);
			}
		}

		@Override
		public String toString() {
			return "RunScope[" + this.run.id + "]";
		}

	}

}
