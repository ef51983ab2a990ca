package io.telemetryrouter.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.telemetryrouter.FlushResult;
import io.telemetryrouter.internal.lane.Lane;
import io.telemetryrouter.internal.registry.Handler;
import io.telemetryrouter.internal.registry.HandlerTable;

/**
 * Waits for lanes.
 */
final class Drain {

	private final HandlerTable handlers;

	Drain(HandlerTable handlers) {
		this.handlers = handlers;
	}

	/**
	 * Returns the handlers with lanes, those that are leaving with queued events
	 * included.
	 * @return the handlers
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
	 * Waits until some lanes have processed what they were offered before this call.
	 * @param handlers the handlers of the lanes
	 * @param deadline until when, on the clock of {@link System#nanoTime()}
	 * @return what was reached
	 */
	FlushResult await(List<Handler> handlers, long deadline) {
		Map<Handler, CountDownLatch> latches = new LinkedHashMap<>();
		for (Handler handler : handlers) {
			CountDownLatch latch = new CountDownLatch(1);
			latches.put(handler, latch);
			lane(handler).whenProcessed(latch);
		}
		boolean interrupted = false;
		for (CountDownLatch latch : latches.values()) {
			try {
				if (interrupted || !latch.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
					break;
				}
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
		latches.forEach((handler, latch) -> lane(handler).forget(latch));
		return result(latches);
	}

	private static FlushResult result(Map<Handler, CountDownLatch> latches) {
		Map<String, Long> pending = new LinkedHashMap<>();
		latches.forEach((handler, latch) -> {
			if (latch.getCount() != 0) {
				pending.merge(handler.handlerId(), lane(handler).pending(), Long::sum);
			}
		});
		return new FlushResult(pending.isEmpty(), pending);
	}

	/**
	 * Returns what is pending, without waiting.
	 * @param handlers the handlers of the lanes
	 * @return what is pending
	 */
	FlushResult pending(List<Handler> handlers) {
		Map<String, Long> pending = new LinkedHashMap<>();
		for (Handler handler : handlers) {
			long count = lane(handler).pending();
			if (count != 0) {
				pending.merge(handler.handlerId(), count, Long::sum);
			}
		}
		return new FlushResult(pending.isEmpty(), pending);
	}

	private static Lane lane(Handler handler) {
		return Objects.requireNonNull(handler.lane());
	}

}
