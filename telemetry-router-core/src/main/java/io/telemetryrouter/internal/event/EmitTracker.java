package io.telemetryrouter.internal.event;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EmitOutcome;

/**
 * Tracks one {@code emitAsync} until every handler has processed the event. The emitter
 * keeps it open once, and every queued delivery once more. Most events have no tracker,
 * and there is nothing to count for them.
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

	public static void handled(@Nullable EmitTracker tracker) {
		if (tracker != null) {
			tracker.handled.incrementAndGet();
		}
	}

	public static void failed(@Nullable EmitTracker tracker) {
		if (tracker != null) {
			tracker.failed.incrementAndGet();
		}
	}

	public static void filtered(@Nullable EmitTracker tracker) {
		if (tracker != null) {
			tracker.filtered.incrementAndGet();
		}
	}

	public static void dropped(@Nullable EmitTracker tracker) {
		if (tracker != null) {
			tracker.dropped.incrementAndGet();
		}
	}

	/** Keeps the emit open for a delivery that is queued, or about to be. */
	public static void enqueued(@Nullable EmitTracker tracker) {
		if (tracker != null) {
			tracker.open.incrementAndGet();
		}
	}

	/**
	 * Ends a queued delivery. Dependent actions are user code: no lane waits for them.
	 */
	public static void dequeued(@Nullable EmitTracker tracker) {
		if (tracker != null && tracker.open.decrementAndGet() == 0) {
			try {
				tracker.completions.execute(tracker::complete);
			}
			catch (Throwable ex) {
				// Out of memory, say. The future must not stay open.
				tracker.complete();
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
