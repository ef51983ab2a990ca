package io.telemetryrouter;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The options and statistics of one handler.
 *
 * @param id the handler's id
 * @param number the number of its registration, unique in the process: a handler that is
 * registered later has a higher number, also if it has the same id
 * @param patterns the names and patterns it is subscribed to
 * @param payloadType the class of the payloads that it takes
 * @param mode its execution mode
 * @param priority its priority
 * @param times the number of events after which its registration ends, or 0 for no limit
 * @param concurrency how many events it may handle at once
 * @param overflow its overflow policy
 * @param thread the threads it runs on, always {@link LaneThread#PLATFORM} if the router
 * has no lane executor; {@code null} for a synchronous handler, which runs on the
 * emitting thread
 * @param queueCapacity the capacity of its queue in events, or 0 for a synchronous
 * handler
 * @param spilled how many of the waiting events are left to the recorder because the
 * queue was full
 * @param oldestAge how long the first event in its queue has waited
 * @param account the outcomes of the events offered to it
 * @param latency the durations of calls that returned
 * @param failedLatency the durations of calls that threw an exception
 * @param queueWait how long its events waited in the queue
 * @param slow how many calls were over its slow threshold
 * @param failures its last failures, at most ten, the latest first
 * @param status its state
 * @param quarantine its quarantine, or {@code null} if there is none
 * @param stuckCalls its calls that are stuck, or abandoned and have not returned
 * @param source the class and method that declare it
 * @param condition the text of its condition, or {@code null} if it has none
 * @param lastSeen when it was last offered an event, up to one second late because the
 * router checks once a second; {@code null} if never
 * @since 0.1.0
 */
public record HandlerSnapshot(String id, long number, List<String> patterns, Class<?> payloadType, HandlerMode mode,
		int priority, long times, int concurrency, OverflowPolicy overflow, @Nullable LaneThread thread,
		int queueCapacity, long spilled, Duration oldestAge, HandlerAccount account, LatencySnapshot latency,
		LatencySnapshot failedLatency, LatencySnapshot queueWait, long slow, List<FailureSnapshot> failures,
		HandlerStatus status, @Nullable QuarantineSnapshot quarantine, List<StuckCall> stuckCalls, String source,
		@Nullable String condition, @Nullable Instant lastSeen) {

	public HandlerSnapshot {
		patterns = List.copyOf(patterns);
		failures = List.copyOf(failures);
		stuckCalls = List.copyOf(stuckCalls);
	}

	/**
	 * {@return how many events wait in its queue, without the spilled ones}
	 */
	public long queueSize() {
		return Math.max(0, this.account.queued() - this.spilled);
	}

	/**
	 * {@return the handler's last failure, or {@code null} if there was none}
	 */
	public @Nullable FailureSnapshot lastFailure() {
		return this.failures.isEmpty() ? null : this.failures.get(0);
	}

	/**
	 * {@return whether the registration ends after a number of events}
	 */
	public boolean isOnce() {
		return this.times > 0;
	}

	/**
	 * {@return whether one of its patterns has a wildcard}
	 */
	public boolean isWildcard() {
		return this.patterns.stream().anyMatch((pattern) -> pattern.indexOf('*') >= 0);
	}

}
