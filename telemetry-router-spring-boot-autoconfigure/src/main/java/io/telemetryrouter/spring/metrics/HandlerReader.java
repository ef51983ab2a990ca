package io.telemetryrouter.spring.metrics;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.HandlerMode;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.HandlerStatus;
import io.telemetryrouter.TelemetryRouter;

/**
 * Reads the numbers of one handler. Between the handler's end and the removal of its
 * meters it keeps to the last numbers, so that no counter falls back.
 */
final class HandlerReader {

	private final TelemetryRouter router;

	private volatile HandlerSnapshot last;

	HandlerReader(TelemetryRouter router, HandlerSnapshot first) {
		this.router = router;
		this.last = first;
	}

	String id() {
		return this.last.id();
	}

	HandlerMode mode() {
		return this.last.mode();
	}

	HandlerStatus status() {
		return read().status();
	}

	int queueCapacity() {
		return this.last.queueCapacity();
	}

	long handled() {
		return read().account().handled();
	}

	long handledNanos() {
		return read().latency().totalNanos();
	}

	long failed() {
		return read().account().failed();
	}

	long failedNanos() {
		return read().failedLatency().totalNanos();
	}

	long handledMaxNanos() {
		return read().latency().maxNanos();
	}

	long failedMaxNanos() {
		return read().failedLatency().maxNanos();
	}

	long filtered() {
		return read().account().filtered();
	}

	long dropped(DropReason reason) {
		return read().account().dropped().getOrDefault(reason, 0L);
	}

	long queued() {
		return read().queueSize();
	}

	long spilled() {
		return read().spilled();
	}

	long oldestAgeNanos() {
		return read().oldestAge().toNanos();
	}

	long waited() {
		return read().queueWait().count();
	}

	long waitedNanos() {
		return read().queueWait().totalNanos();
	}

	private HandlerSnapshot read() {
		HandlerSnapshot current = this.router.handlerSnapshot(this.last.id());
		if (current != null) {
			this.last = current;
			return current;
		}
		return this.last;
	}

}
