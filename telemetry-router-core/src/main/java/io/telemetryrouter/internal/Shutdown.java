package io.telemetryrouter.internal;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.registry.DurableProgress;
import io.telemetryrouter.internal.registry.Handler;
import io.telemetryrouter.internal.support.Headroom;
import io.telemetryrouter.internal.support.Names;

/**
 * Closes a router, once: rejects new events, handles the queued ones until one deadline,
 * and then stops the threads.
 */
final class Shutdown {

	private static final long LOG_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final RouterParts parts;

	private final long timeoutNanos;

	/** Open while a thread closes the router; {@code null} before. */
	private final AtomicReference<@Nullable CountDownLatch> done = new AtomicReference<>();

	Shutdown(RouterParts parts, Duration timeout) {
		this.parts = parts;
		this.timeoutNanos = TimeUnit.NANOSECONDS.convert(timeout);
	}

	boolean hasBegun() {
		return this.done.get() != null;
	}

	/**
	 * Closes the router, or waits for the thread that closes it. If called inside a
	 * handler, the router closes in the background, because the handler would wait for
	 * itself. An asynchronous handler waits for the other lanes, because the code that
	 * closes the router, such as an application context, may then discard their handlers.
	 */
	void close() {
		// A thread without stack fails here, before it begins. The steps check again.
		Headroom.requireForTwo();
		CountDownLatch closed = new CountDownLatch(1);
		CountDownLatch earlier = this.done.compareAndExchange(null, closed);
		if (DispatchStacks.isInsideHandler()) {
			if (earlier == null) {
				closeInBackground(closed);
				awaitOtherLanes();
			}
		}
		else if (earlier == null) {
			drainAndStop(closed);
		}
		else {
			await(earlier);
		}
	}

	private void closeInBackground(CountDownLatch closed) {
		try {
			Thread closer = new Thread(() -> drainAndStop(closed), "telemetry-router:close");
			closer.setDaemon(true);
			closer.start();
		}
		catch (Throwable ex) {
			// The thread could not be started: the next call of close() tries again.
			this.done.set(null);
			closed.countDown();
			throw ex;
		}
	}

	private void awaitOtherLanes() {
		DispatchStack stack = DispatchStacks.current();
		// A flush action, which is in no event, is not waited for by itself.
		if (stack != null && stack.onLane && stack.depth != 0) {
			List<Handler> others = this.parts.flush.handlersWithLanes();
			others.removeIf((handler) -> stack.countRunning(handler.handlerNumber()) != 0);
			this.parts.flush.await(others, System.nanoTime() + this.timeoutNanos, null);
		}
	}

	private void await(CountDownLatch earlier) {
		try {
			earlier.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return;
		}
		if (!hasBegun()) {
			close();
		}
	}

	private void drainAndStop(CountDownLatch closed) {
		long start = System.nanoTime();
		boolean complete = false;
		try {
			complete = drain(start + this.timeoutNanos);
		}
		finally {
			try {
				stop(start, complete);
			}
			finally {
				closed.countDown();
			}
		}
	}

	private void stop(long start, boolean complete) {
		// Cleared until the end, so that the totals are written.
		boolean interrupted = Thread.interrupted();
		step("Stop of the watchdog", this.parts.watchdog::stop);
		step("Stop of the lane executor", () -> this.parts.executor.shutdown(!complete));
		reportTotals(start, complete, interrupted);
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	/** Makes each step, even if an earlier one fails, for example without memory. */
	private boolean drain(long deadline) {
		boolean[] complete = new boolean[1];
		step("Delivery of held events", this.parts.emitter::close);
		step("End of pauses", () -> forEach("Resumption", Handler::drain));
		step("Flush before the close",
				() -> complete[0] = this.parts.flush.await(this.parts.flush.handlersWithLanes(), deadline, null)
					.complete());
		DropReason reason = complete[0] ? DropReason.CLOSED : DropReason.SHUTDOWN_TIMEOUT;
		long recorded = System.nanoTime() + DurableProgress.LAST_MOVE_NANOS;
		step("Close of handlers", () -> forEach("Close", (handler) -> handler.stop(reason, recorded)));
		step("Cancellation of awaited events", this.parts.nextEvents::close);
		return complete[0];
	}

	private void step(String name, Runnable code) {
		this.parts.reporter.guard(name, code);
	}

	private void forEach(String step, Consumer<Handler> code) {
		this.parts.handlers.forEach((handler) -> step(step + " of handler " + Names.quoted(handler.handlerId()),
				() -> code.accept(handler)));
	}

	private void reportTotals(long start, boolean complete, boolean interrupted) {
		step("Report of unmatched names", this.parts.unmatched::close);
		step("Report of totals", () -> {
			// First, so that each event is in the totals or is reported as late.
			this.parts.reporter.closing();
			HandlerAccount total = this.parts.snapshots.total();
			this.parts.reporter.closed(total, this.parts.snapshots.unhandled(),
					Duration.ofNanos(System.nanoTime() - start), complete, interrupted);
			this.parts.log.flush(LOG_NANOS);
		});
	}

}
