package io.telemetryrouter.internal.event;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

import io.telemetryrouter.EmitOutcome;

/**
 * Tracks one {@code emitAsync} until every handler has processed the event. The emitter
 * keeps it open once, and every queued delivery once more.
 */
public final class EmitTracker {

	private final CompletableFuture<EmitOutcome> future = new CompletableFuture<>();

	private final Executor completions;

	private final AtomicInteger open = new AtomicInteger(1);

	private final AtomicInteger handled = new AtomicInteger();

	private final AtomicInteger failed = new AtomicInteger();

	private final AtomicInteger filtered = new AtomicInteger();

	private final AtomicInteger dropped = new AtomicInteger();

	/** Creates a tracker; {@code completions} never refuses. */
	public EmitTracker(Executor completions) {
		this.completions = completions;
	}

	public CompletableFuture<EmitOutcome> future() {
		return this.future;
	}

	public void handled() {
		this.handled.incrementAndGet();
	}

	public void failed() {
		this.failed.incrementAndGet();
	}

	public void filtered() {
		this.filtered.incrementAndGet();
	}

	public void dropped(int count) {
		this.dropped.addAndGet(count);
	}

	/** Keeps the emit open for a delivery that is being queued. */
	void enqueued() {
		this.open.incrementAndGet();
	}

	/**
	 * Ends a queued delivery. Dependent actions are user code: no lane waits for them.
	 */
	public void dequeued() {
		if (this.open.decrementAndGet() == 0) {
			try {
				this.completions.execute(this::complete);
			}
			catch (Throwable ex) {
				// Out of memory, say. The future must not stay open.
				complete();
			}
		}
	}

	/** Ends the emitter's part. No action can depend on the future yet. */
	public void emitted() {
		if (this.open.decrementAndGet() == 0) {
			complete();
		}
	}

	private void complete() {
		this.future
			.complete(new EmitOutcome(this.handled.get(), this.failed.get(), this.filtered.get(), this.dropped.get()));
	}

}
