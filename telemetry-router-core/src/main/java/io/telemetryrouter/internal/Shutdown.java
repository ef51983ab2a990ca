package io.telemetryrouter.internal;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.registry.Handler;
import io.telemetryrouter.internal.support.Names;

/**
 * Closes a router, once: rejects new events, handles the queued ones until one deadline,
 * and then stops the threads.
 */
final class Shutdown {

	private static final long LOG_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final RouterParts parts;

	private final long timeoutNanos;

	private final AtomicBoolean begun = new AtomicBoolean();

	private final CountDownLatch done = new CountDownLatch(1);

	Shutdown(RouterParts parts, Duration timeout) {
		this.parts = parts;
		this.timeoutNanos = TimeUnit.NANOSECONDS.convert(timeout);
	}

	boolean hasBegun() {
		return this.begun.get();
	}

	/**
	 * Closes the router, or waits for the thread that closes it. If called inside a
	 * handler, the router closes in the background, because the handler would wait for
	 * itself. An asynchronous handler waits for the other lanes, because the code that
	 * closes the router, such as an application context, may then discard their handlers.
	 */
	void close() {
		boolean first = this.begun.compareAndSet(false, true);
		if (DispatchStacks.isInsideHandler()) {
			if (first) {
				closeInBackground();
				awaitOtherLanes();
			}
		}
		else if (first) {
			drainAndStop();
		}
		else {
			await();
		}
	}

	private void closeInBackground() {
		Thread closer = new Thread(this::drainAndStop, "telemetry-router:close");
		closer.setDaemon(true);
		try {
			closer.start();
		}
		catch (Throwable ex) {
			// The thread could not be started: the next call of close() tries again.
			this.begun.set(false);
			throw ex;
		}
	}

	private void awaitOtherLanes() {
		DispatchStack stack = DispatchStacks.current();
		if (stack != null && stack.onLane) {
			List<Handler> others = this.parts.flush.handlersWithLanes();
			others.removeIf((handler) -> stack.countRunning(handler.handlerNumber()) != 0);
			this.parts.flush.await(others, System.nanoTime() + this.timeoutNanos, null);
		}
	}

	private void await() {
		try {
			this.done.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void drainAndStop() {
		long start = System.nanoTime();
		try {
			boolean complete = drain(start + this.timeoutNanos);
			this.parts.unmatched.close();
			// First, so that each event is in the totals or is reported as late.
			this.parts.reporter.closing();
			HandlerAccount total = this.parts.snapshots.total();
			long unhandled = this.parts.snapshots.unhandled();
			this.parts.reporter.closed(total, unhandled, Duration.ofNanos(System.nanoTime() - start), complete);
			this.parts.log.flush(LOG_NANOS);
		}
		finally {
			this.done.countDown();
		}
	}

	private boolean drain(long deadline) {
		boolean complete = false;
		try {
			// A failed step, for example by a clock, must not prevent the others.
			this.parts.reporter.guard("Delivery of held events", this.parts.emitter::close);
			this.parts.handlers.forEach(Handler::drain);
			complete = this.parts.flush.await(this.parts.flush.handlersWithLanes(), deadline, null).complete();
			DropReason reason = complete ? DropReason.CLOSED : DropReason.SHUTDOWN_TIMEOUT;
			for (Handler handler : this.parts.flush.handlersWithLanes()) {
				this.parts.reporter.guard("Close of handler " + Names.quoted(handler.handlerId()),
						() -> handler.stop(reason));
			}
			this.parts.nextEvents.close();
		}
		finally {
			this.parts.watchdog.stop();
			this.parts.executor.shutdown(!complete);
		}
		return complete;
	}

}
