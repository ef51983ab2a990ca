package io.telemetryrouter.internal.event;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EmitOutcome;

/**
 * Tracks one {@code emitAsync} until every handler has processed the event. The emitter
 * counts as one open part, each queued delivery as another. The static methods accept
 * {@code null}, since most events have no tracker. Thread-safe.
 */
public final class EmitTracker {

	private final CompletableFuture<EmitOutcome> future = new CompletableFuture<>();

	private final Executor completions;

	private final AtomicInteger open = new AtomicInteger(1);

	/** The counts of handlers by {@link Outcome}. */
	private final AtomicIntegerArray outcomes = new AtomicIntegerArray(Outcome.values().length);

	/** Creates a tracker; {@code completions} must not reject a task. */
	public EmitTracker(Executor completions) {
		this.completions = completions;
	}

	public CompletableFuture<EmitOutcome> future() {
		return this.future;
	}

	/** Counts the outcome of the event at one handler. */
	public static void count(@Nullable EmitTracker tracker, Outcome outcome) {
		if (tracker != null) {
			tracker.outcomes.incrementAndGet(outcome.ordinal());
		}
	}

	/** Opens a part for a delivery that is queued or about to be queued. */
	public static void enqueued(@Nullable EmitTracker tracker) {
		if (tracker != null) {
			tracker.open.incrementAndGet();
		}
	}

	/**
	 * Ends a queued delivery. The future completes on the executor: its dependent actions
	 * are user code, which must not block a lane.
	 */
	public static void dequeued(@Nullable EmitTracker tracker) {
		if (tracker != null && tracker.open.decrementAndGet() == 0) {
			try {
				tracker.completions.execute(tracker::complete);
			}
			catch (Throwable ex) {
				// For example an OutOfMemoryError: the future must complete nevertheless.
				tracker.complete();
			}
		}
	}

	/**
	 * Ends the part of the emitter. The future may complete on the calling thread, since
	 * it has no dependent actions yet.
	 */
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

	/** The outcome of an event at a handler. */
	public enum Outcome {

		HANDLED, FAILED, FILTERED, DROPPED

	}

}
