package io.telemetryrouter.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import io.telemetryrouter.EmitOutcome;

/**
 * Follows one {@code emitAsync} until every handler is done. The emitter holds it open
 * once, and every queued delivery once more.
 */
final class EmitTracker {

	private final CompletableFuture<EmitOutcome> future = new CompletableFuture<>();

	private final LaneExecutor executor;

	private final AtomicInteger open = new AtomicInteger(1);

	private final AtomicInteger handled = new AtomicInteger();

	private final AtomicInteger failed = new AtomicInteger();

	private final AtomicInteger filtered = new AtomicInteger();

	private final AtomicInteger dropped = new AtomicInteger();

	EmitTracker(LaneExecutor executor) {
		this.executor = executor;
	}

	CompletableFuture<EmitOutcome> future() {
		return this.future;
	}

	void handled() {
		this.handled.incrementAndGet();
	}

	void failed() {
		this.failed.incrementAndGet();
	}

	void filtered() {
		this.filtered.incrementAndGet();
	}

	void dropped(int count) {
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
			this.executor.executeSurely(this::complete);
		}
	}

	/**
	 * Ends the emitter's part. Nobody can depend on the future yet when it was the last.
	 */
	void emitted() {
		if (this.open.decrementAndGet() == 0) {
			complete();
		}
	}

	private void complete() {
		this.future
			.complete(new EmitOutcome(this.handled.get(), this.failed.get(), this.filtered.get(), this.dropped.get()));
	}

}
