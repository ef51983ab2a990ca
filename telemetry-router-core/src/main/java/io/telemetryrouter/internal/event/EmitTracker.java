package io.telemetryrouter.internal.event;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

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

	/** The events by outcome. */
	private final AtomicIntegerArray outcomes = new AtomicIntegerArray(Outcome.values().length);

	/** Creates a tracker; {@code completions} never refuses. */
	public EmitTracker(Executor completions) {
		this.completions = completions;
	}

	public CompletableFuture<EmitOutcome> future() {
		return this.future;
	}

	/** Counts what became of the event at one handler. */
	public static void count(@Nullable EmitTracker tracker, Outcome outcome) {
		if (tracker != null) {
			tracker.outcomes.incrementAndGet(outcome.ordinal());
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
		this.future.complete(new EmitOutcome(count(Outcome.HANDLED), count(Outcome.FAILED), count(Outcome.FILTERED),
				count(Outcome.DROPPED)));
	}

	private int count(Outcome outcome) {
		return this.outcomes.get(outcome.ordinal());
	}

	/** What becomes of an event at a handler. */
	public enum Outcome {

		HANDLED, FAILED, FILTERED, DROPPED

	}

}
