package io.telemetryrouter.internal.registry;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EventRecorder;
import io.telemetryrouter.internal.health.Reporter;
import io.telemetryrouter.internal.lane.Lane;
import io.telemetryrouter.internal.lane.LaneServices;
import io.telemetryrouter.internal.lane.Recording;
import io.telemetryrouter.internal.support.Names;

/**
 * Moves the cursor of a durable handler up to the events that the handler has handled.
 * <p>
 * Each check first reads the number of the last recorded event and then waits until no
 * emit that began before is between its record and the lanes. So each event up to that
 * number has reached the lane. When the lane has processed all events that it held then,
 * the cursor moves to that number.
 */
public final class DurableProgress {

	/** The time for the last moves of all cursors that end together. */
	public static final long LAST_MOVE_NANOS = TimeUnit.SECONDS.toNanos(5);

	private final String handlerId;

	private final Lane lane;

	private final Recording recording;

	/** Makes the moves, which wait for a disk. */
	private final Executor executor;

	private final Reporter reporter;

	private final AtomicBoolean checking = new AtomicBoolean();

	/** Set before the lane drops events: those are processed, too, but not handled. */
	private volatile boolean ended;

	/** Written under this. Read without the lock, which a hanging recording holds. */
	private volatile EventRecorder.@Nullable Cursor cursor;

	// Guarded by this.

	private long moved;

	private long latest;

	/** Reaches zero when the events up to the latest number are processed. */
	private @Nullable CountDownLatch processed;

	DurableProgress(String handlerId, Lane lane, LaneServices services) {
		this.handlerId = handlerId;
		this.lane = lane;
		this.recording = services.recording();
		this.executor = services.executor()::executeReliably;
		this.reporter = services.reporter();
	}

	/** Starts the lane, once, with the events that were recorded after the cursor. */
	synchronized void begin() {
		EventRecorder.Cursor opened = (this.cursor == null) ? this.recording.cursor(this.handlerId) : null;
		if (opened == null) {
			return;
		}
		try {
			this.lane.begin(opened.open());
			this.cursor = opened;
		}
		catch (Exception ex) {
			throw new IllegalStateException("Handler '" + Names.printable(this.handlerId)
					+ "' cannot continue where it was: the recording cannot be read", ex);
		}
	}

	boolean hasBegun() {
		return this.cursor != null;
	}

	/** Moves the cursor if possible. Does not wait for that. */
	void check() {
		// Created first: without memory for it, the next round has to try again.
		Runnable task = () -> {
			try {
				move();
			}
			finally {
				this.checking.set(false);
			}
		};
		if (this.checking.compareAndSet(false, true)) {
			this.executor.execute(task);
		}
	}

	private synchronized void move() {
		EventRecorder.Cursor known = this.cursor;
		if (known == null || this.ended) {
			return;
		}
		long backlog = this.lane.backlogHandled();
		if (backlog >= 0) {
			move(known, backlog);
			return;
		}
		CountDownLatch latch = this.processed;
		if (latch == null) {
			this.latest = known.latest();
			if (this.latest <= this.moved || !this.recording.awaitLanes()) {
				return;
			}
			latch = new CountDownLatch(1);
			this.lane.whenProcessed(latch, null);
			this.processed = latch;
		}
		if (latch.getCount() == 0 && !this.ended) {
			this.processed = null;
			move(known, this.latest);
		}
	}

	private void move(EventRecorder.Cursor known, long number) {
		if (number > this.moved) {
			try {
				known.move(number);
				this.moved = number;
			}
			catch (Exception | LinkageError ex) {
				this.reporter.callbackFailed(subject(), ex);
			}
		}
	}

	/**
	 * Moves the cursor for the last time: it does not pass events dropped later. Waits
	 * until a deadline on the clock of {@link System#nanoTime()}: the recording may hang.
	 */
	void end(long deadline) {
		this.reporter.guard(subject(), () -> {
			try {
				CompletableFuture.runAsync(this::moveTwice, this.executor)
					.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
			}
			catch (InterruptedException | ExecutionException | TimeoutException ex) {
				this.reporter.callbackFailed(subject(), ex);
			}
		});
		this.ended = true;
	}

	/** The first move may end a wait that began before and covers fewer events. */
	private void moveTwice() {
		move();
		move();
	}

	private String subject() {
		return "Cursor of handler '" + Names.printable(this.handlerId) + "'";
	}

}
