package io.telemetryrouter.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.telemetryrouter.FlushResult;
import io.telemetryrouter.internal.lane.Lane;
import io.telemetryrouter.internal.registry.Handler;

/**
 * Waits for lanes.
 */
final class Drain {

	private final RouterCore core;

	Drain(RouterCore core) {
		this.core = core;
	}

	/**
	 * Waits until every lane has processed what it was offered before this call.
	 * @param deadline until when, on the clock of {@link System#nanoTime()}
	 * @return what was reached
	 */
	FlushResult await(long deadline) {
		return await(this.core.registry().laneHandlers(), deadline);
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
			lane(handler).whenProcessed(latch, this.core.frames().current());
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
				pending.put(handler.id, lane(handler).pending());
			}
		});
		return new FlushResult(pending.isEmpty(), pending);
	}

	/**
	 * Returns what is pending, without waiting.
	 * @return what is pending
	 */
	FlushResult look() {
		return look(this.core.registry().laneHandlers());
	}

	FlushResult look(List<Handler> handlers) {
		Map<String, Long> pending = new LinkedHashMap<>();
		for (Handler handler : handlers) {
			long count = lane(handler).pending();
			if (count != 0) {
				pending.put(handler.id, count);
			}
		}
		return new FlushResult(pending.isEmpty(), pending);
	}

	private static Lane lane(Handler handler) {
		return Objects.requireNonNull(handler.lane());
	}

}
