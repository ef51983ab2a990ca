package io.telemetryrouter.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.FlushResult;
import io.telemetryrouter.internal.dispatch.HoldBuffer;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.event.Run;
import io.telemetryrouter.internal.event.Runs;
import io.telemetryrouter.internal.health.Reporter;
import io.telemetryrouter.internal.lane.Lane;
import io.telemetryrouter.internal.registry.Handler;
import io.telemetryrouter.internal.registry.HandlerTable;

/**
 * Waits for the release of held events, for lanes, and for the flush actions of their
 * handlers.
 */
final class Flush {

	private final HandlerTable handlers;

	private final HoldBuffer held;

	private final Runs runs;

	private final Executor callbacks;

	private final Reporter reporter;

	/** The latest action of each handler, until it has returned. */
	private final Map<Handler, CompletableFuture<Boolean>> actions = new ConcurrentHashMap<>();

	Flush(HandlerTable handlers, HoldBuffer held, Runs runs, Executor callbacks, Reporter reporter) {
		this.handlers = handlers;
		this.held = held;
		this.runs = runs;
		this.callbacks = callbacks;
		this.reporter = reporter;
	}

	/** Flushes all handlers. */
	FlushResult all(Duration timeout) {
		return flush(this::handlersWithLanes, timeout, null);
	}

	/** Flushes one handler. */
	FlushResult one(Handler handler, Duration timeout) {
		return flush(() -> (handler.lane() != null) ? List.of(handler) : List.of(), timeout, null);
	}

	/** Flushes all handlers of the events of one run. */
	FlushResult run(String runId, Duration timeout) {
		Run run = this.runs.find(runId);
		// An unreachable run has no queued events, but handlers may have buffered some.
		long latest = (run != null) ? run.latest() : 0;
		return flush(this::handlersWithLanes, timeout,
				(event) -> run != null && event.run() == run && event.runSequence() <= latest);
	}

	private FlushResult flush(Supplier<List<Handler>> handlers, Duration timeout,
			@Nullable Predicate<Envelope<?>> events) {
		boolean mustNotWait = DispatchStacks.isInsideHandler();
		long nanos = TimeUnit.NANOSECONDS.convert(timeout);
		long deadline = System.nanoTime() + nanos;
		if (!mustNotWait && this.held.awaitRelease(nanos)) {
			return await(handlers.get(), deadline, events);
		}
		Map<String, Long> pending = new LinkedHashMap<>();
		for (Handler handler : handlers.get()) {
			long count = lane(handler).pending(events);
			if (count != 0) {
				pending.merge(handler.handlerId(), count, Long::sum);
			}
		}
		return new FlushResult(mustNotWait && pending.isEmpty(), pending);
	}

	/**
	 * Returns the handlers with lanes, including handlers that are leaving with queued
	 * events.
	 */
	List<Handler> handlersWithLanes() {
		List<Handler> all = new ArrayList<>();
		this.handlers.forEach((handler) -> {
			if (handler.lane() != null) {
				all.add(handler);
			}
		});
		return all;
	}

	/**
	 * Waits until the lanes have processed the events offered before this call, or until
	 * a deadline on the clock of {@link System#nanoTime()}. If {@code events} is given,
	 * it waits only for events that match.
	 */
	FlushResult await(List<Handler> handlers, long deadline, @Nullable Predicate<Envelope<?>> events) {
		Map<Handler, CountDownLatch> latches = new LinkedHashMap<>();
		for (Handler handler : handlers) {
			CountDownLatch latch = new CountDownLatch(1);
			latches.put(handler, latch);
			lane(handler).whenProcessed(latch, events);
		}
		try {
			for (CountDownLatch latch : latches.values()) {
				if (!latch.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
					break;
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		latches.forEach((handler, latch) -> lane(handler).forget(latch));
		Map<String, Long> pending = new LinkedHashMap<>();
		Map<Handler, CompletableFuture<Boolean>> kept = new LinkedHashMap<>();
		latches.forEach((handler, latch) -> {
			BooleanSupplier action = handler.options.onFlush;
			if (latch.getCount() != 0) {
				pending.merge(handler.handlerId(), lane(handler).pending(events), Long::sum);
			}
			else if (action != null) {
				kept.put(handler, passOn(handler, action));
			}
		});
		kept.forEach((handler, passed) -> {
			if (!isPassed(passed, deadline)) {
				pending.merge(handler.handlerId(), 1L, Long::sum);
			}
		});
		return new FlushResult(pending.isEmpty(), pending);
	}

	/** Calls the action of a handler after its earlier ones, one of which may hang. */
	private CompletableFuture<Boolean> passOn(Handler handler, BooleanSupplier action) {
		CompletableFuture<Boolean> passed = new CompletableFuture<>();
		CompletableFuture<Boolean> before = this.actions.put(handler, passed);
		// Completed in any case, for example without a thread: later actions wait for it.
		((before != null) ? before : CompletableFuture.completedFuture(true))
			.handleAsync((earlier, ex) -> passOn(action), this.callbacks)
			.whenComplete((result, ex) -> {
				this.actions.remove(handler, passed);
				passed.complete(ex == null && result);
			});
		return passed;
	}

	/** Calls an action like a handler: it must not wait for itself in another flush. */
	private boolean passOn(BooleanSupplier action) {
		DispatchStack stack = DispatchStacks.acquire();
		boolean nested = stack.onLane;
		stack.onLane = true;
		try {
			return action.getAsBoolean();
		}
		catch (Throwable ex) {
			this.reporter.callbackFailed("Flush action", ex);
			return false;
		}
		finally {
			stack.onLane = nested;
			stack.giveBack();
		}
	}

	private static boolean isPassed(CompletableFuture<Boolean> passed, long deadline) {
		try {
			return passed.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
		catch (ExecutionException | TimeoutException ex) {
			return false;
		}
	}

	private static Lane lane(Handler handler) {
		return Objects.requireNonNull(handler.lane());
	}

}
