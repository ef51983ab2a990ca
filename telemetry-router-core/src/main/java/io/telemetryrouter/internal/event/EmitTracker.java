package io.telemetryrouter.internal.event;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

import io.telemetryrouter.EmitOutcome;

/**
 * Tracks one {@code emitAsync} until every handler is done. The emitter holds it open
 * once, and every queued delivery once more.
 */
public final class EmitTracker {

	private final CompletableFuture<EmitOutcome> future = new CompletableFuture<>();

	private final Executor completions;

	private final AtomicInteger open = new AtomicInteger(1);

	private final AtomicInteger handled = new AtomicInteger();

	private final AtomicInteger failed = new AtomicInteger();

	private final AtomicInteger filtered = new AtomicInteger();

	private final AtomicInteger dropped = new AtomicInteger();

	/**
	 * Creates a tracker.
	 * @param completions runs what depends on the future; never refuses
	 */
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

	/**
	 * Keeps it open for a delivery that is being queued.
	 */
	void enqueued() {
		this.open.incrementAndGet();
	}

	/**
	 * Ends a queued delivery. Dependent actions are the user's code, and must not hold up
	 * the lane that happens to be last.
	 */
	void dequeued() {
		if (this.open.decrementAndGet() == 0) {
			try {
				this.completions.execute(this::complete);
			}
			catch (Throwable ex) {
				// Such as no memory for a task. The future must not stay open.
				complete();
			}
		}
	}

	/**
	 * Ends the emitter's part. Nobody can depend on the future yet when it was the last.
	 */
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
