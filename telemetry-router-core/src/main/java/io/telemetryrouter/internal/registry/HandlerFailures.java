package io.telemetryrouter.internal.registry;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.HandlerErrorListener;
import io.telemetryrouter.HandlerFailure;
import io.telemetryrouter.internal.event.DispatchFrame;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.EmitTracker;
import io.telemetryrouter.internal.event.EmitTracker.Outcome;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.health.CircuitBreaker;
import io.telemetryrouter.internal.health.Reporter;
import io.telemetryrouter.internal.metrics.Counters;
import io.telemetryrouter.internal.support.Headroom;

/**
 * Counts and reports the failures of a handler: calls and conditions that fail, calls
 * that time out or are slow, and payloads of another type. Passes failed calls to the
 * circuit breaker. Thread-safe.
 */
public record HandlerFailures(HandlerOptions options, HandlerMetrics metrics, HandlerServices services,
		@Nullable CircuitBreaker breaker) {

	public void slow(String event, long nanos) {
		this.metrics.counters.add(Counters.SLOW, 1);
		reporter().slowHandler(this.options.id, event, nanos, this.options.slowNanos, this.metrics.throttles().slow());
	}

	/** Records the time that the handler took in an emit outside of its call. */
	void took(String part, DispatchFrame frame) {
		if (this.services.lanes().measured()) {
			frame.took(part, this.options.id, frame.split(this.services.lanes().ticker().now()));
		}
	}

	/** Reports a payload that is not of the handler's type. */
	void mismatch(String event, @Nullable Object payload) {
		reporter().typeMismatch(this.options.id, this.options.payloadType, event, payload,
				this.metrics.throttles().mismatches());
	}

	/** Reports a recorded event that cannot be read as the handler's type. */
	public void unreadable(String event, Throwable error) {
		reporter().unreadable(this.options.id, this.options.recordedType(), event, error,
				this.metrics.throttles().mismatches());
	}

	public void failed(String event, @Nullable Envelope<?> envelope, Throwable error, long nanos, DispatchStack stack,
			@Nullable EmitTracker tracker) {
		this.metrics.counters.add(Counters.FAILED, 1);
		try {
			Headroom.require();
			try {
				record(event, error, nanos, tracker);
				if (nanos > this.options.slowNanos) {
					slow(event, nanos);
				}
				report(new HandlerFailure(this.options.id, event, error, envelope));
			}
			finally {
				recordFailure(error, stack);
			}
		}
		catch (Throwable ex) {
			// The failure is counted. The handler may have left too little stack or heap
			// for a report, so no further step is tried.
		}
	}

	/** Counts and reports a failed condition, which the circuit breaker ignores. */
	void conditionFailed(DispatchFrame frame, @Nullable Envelope<?> envelope, Throwable error) {
		EmitTracker tracker = frame.tracker();
		this.metrics.counters.drop(DropReason.CONDITION_FAILED, 1);
		try {
			Headroom.require();
			EmitTracker.count(tracker, Outcome.DROPPED);
			try {
				notifyListeners(new HandlerFailure(this.options.id, frame.event(), error, envelope));
				reporter().conditionFailed(this.options.id, frame.event(), error,
						this.metrics.throttles().conditions());
			}
			finally {
				restoreInterrupt(error);
			}
		}
		catch (Throwable ex) {
			// The drop is counted, as above.
		}
	}

	/** Counts and reports a call that timed out. Runs on another thread than the call. */
	void abandoned(Envelope<?> event, Throwable error, long nanos, DispatchStack stack) {
		this.metrics.counters.add(Counters.FAILED, 1);
		try {
			record(event.name(), error, this.services.lanes().measured() ? nanos : -1, event.tracker());
			HandlerFailure failure = new HandlerFailure(this.options.id, event.name(), error, event);
			// Error listeners are user code and must not delay the watchdog.
			this.services.lanes().executor().executeReliably(() -> report(failure));
			recordFailure(error, stack);
		}
		catch (Throwable ex) {
			// The failure is counted.
		}
	}

	private void record(String event, Throwable error, long nanos, @Nullable EmitTracker tracker) {
		EmitTracker.count(tracker, Outcome.FAILED);
		if (nanos >= 0) {
			this.metrics.failedLatency.record(nanos, null);
		}
		this.metrics.failures.add(event, error, this.services.lanes().clock().instant());
	}

	private void report(HandlerFailure failure) {
		notifyListeners(failure);
		reporter().handlerFailed(this.options.id, failure.event(), failure.error(),
				this.metrics.throttles().failures());
	}

	private void notifyListeners(HandlerFailure failure) {
		for (HandlerErrorListener listener : this.services.errorListeners()) {
			try {
				listener.onFailure(failure);
			}
			catch (Throwable ex) {
				reporter().callbackFailed("Error listener", ex);
			}
		}
	}

	private static void restoreInterrupt(Throwable error) {
		if (error instanceof InterruptedException) {
			// The exception cleared the flag; the emitter must still see the interrupt.
			Thread.currentThread().interrupt();
		}
	}

	private void recordFailure(Throwable error, DispatchStack stack) {
		restoreInterrupt(error);
		if (this.breaker != null) {
			this.breaker.failed(error, stack);
		}
	}

	private Reporter reporter() {
		return this.services.lanes().reporter();
	}

}
