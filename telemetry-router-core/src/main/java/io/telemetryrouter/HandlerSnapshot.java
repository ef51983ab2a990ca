package io.telemetryrouter;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * One handler's options and numbers.
 *
 * @param id the handler's id
 * @param patterns the names and patterns it is subscribed to
 * @param payloadType the class its payloads must be of
 * @param mode where it runs
 * @param priority its priority
 * @param times how many events it receives before it leaves, or 0 for no end
 * @param concurrency how many events it may handle at once
 * @param overflow what happens when its queue is full
 * @param thread the threads it runs on, {@link LaneThread#PLATFORM} also where the router
 * has no lane executor; {@code null} for a synchronous handler, which runs on the
 * emitter's
 * @param queueCapacity the capacity of its queue in events, or 0 for a synchronous
 * handler
 * @param spilled how many of the events that wait have found the queue full and are left
 * to the recorder
 * @param oldestAge how long the first event in its queue has waited
 * @param account what became of the events offered to it
 * @param latency how long the calls took that returned
 * @param failedLatency how long the calls took that threw
 * @param queueWait how long its events waited in the queue
 * @param slow how many calls were over its slow threshold
 * @param failures its last failures, at most ten, the latest first
 * @param status its state
 * @param quarantine its quarantine, or {@code null} if there is none
 * @param stuckCalls its calls that are stuck, or were given up and have not returned
 * @param source the class and method it comes from
 * @param condition the text of its condition, or {@code null} if it has none
 * @param lastSeen when it was last offered an event: at most a second too late, since the
 * router looks once a second; {@code null} if it never was
 * @since 0.1.0
 */
public record HandlerSnapshot(String id, List<String> patterns, Class<?> payloadType, HandlerMode mode, int priority,
		long times, int concurrency, OverflowPolicy overflow, @Nullable LaneThread thread, int queueCapacity,
		long spilled, Duration oldestAge, HandlerAccount account, LatencySnapshot latency,
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
	 * {@return whether the handler leaves after a number of events}
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
