package io.telemetryrouter.spring.actuate.endpoint;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.FailureSnapshot;
import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.HandlerMode;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.QuarantineSnapshot;
import io.telemetryrouter.StuckCall;

/**
 * The endpoint's view of a handler.
 *
 * @param pattern the names and patterns it is subscribed to, separated by a comma and a
 * space
 * @param patterns the same as a list
 * @param condition the text of its condition; {@code null} if it has none
 * @param source its class and method
 * @param mode {@code SYNC} or {@code ASYNC}
 * @param priority its priority
 * @param concurrency the maximum number of concurrent calls
 * @param overflow the overflow policy of its queue; {@code null} for a synchronous
 * handler
 * @param thread the kind of thread it runs on: {@code PLATFORM}, or {@code DEFAULT} for
 * threads of the lane executor, which are virtual if virtual threads are enabled;
 * {@code null} for a synchronous handler
 * @param offered the number of events offered to it
 * @param handled the number of calls that returned
 * @param failed the number of calls that threw or were given up
 * @param filtered the number of events that its condition, payload type or run rejected
 * @param running the number of calls in progress
 * @param dropped the number of dropped events by reason
 * @param queue its queue; {@code null} for a synchronous handler
 * @param latency the durations of calls that returned
 * @param queueWait the times that its events waited in the queue; {@code null} for a
 * synchronous handler
 * @param slow the number of calls over its slow threshold
 * @param lastSeen the time of the last offered event, at most a second too late;
 * {@code null} if there was none
 * @param status {@code ACTIVE}, {@code PAUSED}, {@code STUCK} or {@code QUARANTINED}
 * @param pausedSince the time of the pause; {@code null} if it is not paused, or not by
 * an operation of the endpoint
 * @param quarantine its quarantine; {@code null} if it is not in quarantine
 * @param stuckCalls its stuck calls; {@code null} if there are none
 * @param lastFailure its last failure, if any
 * @param failures its last failures, the latest first; {@code null} if there were none
 * @since 0.1.0
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HandlerDescriptor(String pattern, List<String> patterns, @Nullable String condition, String source,
		String mode, int priority, int concurrency, @Nullable String overflow, @Nullable String thread, long offered,
		long handled, long failed, long filtered, long running, Map<String, Long> dropped,
		@Nullable QueueDescriptor queue, LatencyDescriptor latency, @Nullable LatencyDescriptor queueWait, long slow,
		@Nullable Instant lastSeen, String status, @Nullable Instant pausedSince,
		@Nullable QuarantineDescriptor quarantine, @Nullable List<StuckCallDescriptor> stuckCalls,
		@Nullable FailureDescriptor lastFailure,
		@Nullable List<FailureDescriptor> failures) implements OperationResponseBody {

	static HandlerDescriptor of(HandlerSnapshot handler, @Nullable Instant pausedSince, boolean showValues) {
		List<FailureDescriptor> failures = handler.failures()
			.stream()
			.map((failure) -> FailureDescriptor.of(failure, showValues))
			.toList();
		HandlerAccount account = handler.account();
		boolean async = handler.mode() == HandlerMode.ASYNC;
		return new HandlerDescriptor(String.join(", ", handler.patterns()), handler.patterns(), handler.condition(),
				handler.source(), handler.mode().name(), handler.priority(), handler.concurrency(),
				async ? handler.overflow().name() : null, (handler.thread() != null) ? handler.thread().name() : null,
				account.offered(), account.handled(), account.failed(), account.filtered(), account.running(),
				dropped(account), async ? QueueDescriptor.of(handler) : null, LatencyDescriptor.of(handler.latency()),
				async ? LatencyDescriptor.of(handler.queueWait()) : null, handler.slow(), handler.lastSeen(),
				handler.status().name(), pausedSince, QuarantineDescriptor.of(handler.quarantine()),
				orNull(handler.stuckCalls().stream().map((call) -> StuckCallDescriptor.of(call, showValues)).toList()),
				failures.isEmpty() ? null : failures.get(0), orNull(failures));
	}

	private static <T> @Nullable List<T> orNull(List<T> list) {
		return list.isEmpty() ? null : list;
	}

	static Map<String, Long> dropped(HandlerAccount account) {
		Map<String, Long> dropped = new LinkedHashMap<>();
		for (DropReason reason : DropReason.values()) {
			dropped.put(reason.label(), account.dropped().getOrDefault(reason, 0L));
		}
		return dropped;
	}

	/**
	 * The queue of an asynchronous handler.
	 *
	 * @param size the number of waiting events
	 * @param spilled the number of further events that wait in the journal because the
	 * handler has fallen behind
	 * @param capacity the maximum number of events in the queue
	 * @param oldestAgeMicros the time that the oldest event has waited
	 */
	public record QueueDescriptor(long size, long spilled, int capacity, double oldestAgeMicros) {

		static QueueDescriptor of(HandlerSnapshot handler) {
			return new QueueDescriptor(handler.queueSize(), handler.spilled(), handler.queueCapacity(),
					LatencyDescriptor.micros((double) handler.oldestAge().toNanos()));
		}

	}

	/**
	 * The quarantine of a handler that kept failing: its circuit breaker is open.
	 *
	 * @param since the start of the quarantine
	 * @param nextAttempt the time from which on one event is let through as a probe
	 * @param times the number of quarantines, including this one
	 * @param skipped the number of events dropped during this quarantine
	 */
	public record QuarantineDescriptor(Instant since, Instant nextAttempt, long times, long skipped) {

		static @Nullable QuarantineDescriptor of(@Nullable QuarantineSnapshot quarantine) {
			return (quarantine != null) ? new QuarantineDescriptor(quarantine.since(), quarantine.nextAttempt(),
					quarantine.times(), quarantine.skipped()) : null;
		}

	}

	/**
	 * A stuck call.
	 *
	 * @param thread the name of its thread; {@code null} unless values are shown
	 * @param event the name of the event
	 * @param since the time at which it was first seen running
	 * @param abandoned whether it was given up after the handler timeout or at the close
	 * @param stack its stack trace when it was found stuck, the innermost frame first;
	 * {@code null} unless values are shown
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	public record StuckCallDescriptor(@Nullable String thread, String event, Instant since, boolean abandoned,
			@Nullable List<String> stack) {

		static StuckCallDescriptor of(StuckCall call, boolean showValues) {
			return new StuckCallDescriptor(showValues ? call.thread() : null, call.event(), call.since(),
					call.abandoned(),
					showValues ? call.stack().stream().map(StackTraceElement::toString).toList() : null);
		}

	}

	/**
	 * A failure of a handler.
	 *
	 * @param event the name of the event
	 * @param type the class name of the exception; {@code null} unless values are shown
	 * @param at the time of the failure
	 * @param message the exception's message, which may quote a payload; {@code null}
	 * unless values are shown
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	public record FailureDescriptor(String event, @Nullable String type, Instant at, @Nullable String message) {

		static FailureDescriptor of(FailureSnapshot failure, boolean showValues) {
			return new FailureDescriptor(failure.event(), showValues ? failure.type() : null, failure.at(),
					showValues ? failure.message() : null);
		}

	}

}
