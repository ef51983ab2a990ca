package io.telemetryrouter.internal.event;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.RunScope;

/**
 * A run of one router. It lives as long as something refers to it: a binding of a thread,
 * an emitter, an envelope, a span or a captured context.
 */
public final class Run {

	final Runs runs;

	public final String id;

	public final @Nullable String parentId;

	/** What threads are bound to that work for the run without a scope. */
	final RunBinding unscoped = new RunBinding(this, null);

	private final AtomicLong sequence = new AtomicLong();

	private final AtomicInteger scopes = new AtomicInteger();

	Run(Runs runs, String id, @Nullable String parentId) {
		this.runs = runs;
		this.id = id;
		this.parentId = parentId;
	}

	/** Returns the number of the run's next envelope. */
	long next() {
		return this.sequence.incrementAndGet();
	}

	/** Returns the number of the run's latest envelope. */
	public long latest() {
		return this.sequence.get();
	}

	/** Binds the run to the calling thread. */
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
