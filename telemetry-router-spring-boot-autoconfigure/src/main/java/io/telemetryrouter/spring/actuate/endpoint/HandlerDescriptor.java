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
 * A handler as the endpoint shows it.
 *
 * @param pattern the names and patterns it is subscribed to, separated by a comma and a
 * space
 * @param patterns the same as a list
 * @param condition the text of its condition; {@code null} if it has none
 * @param source the class and method it comes from
 * @param mode where it runs
 * @param priority its priority
 * @param concurrency how many events it may handle at once
 * @param overflow what happens when its queue is full; {@code null} for a synchronous
 * handler
 * @param thread the threads it runs on: {@code PLATFORM}, or {@code DEFAULT} for those of
 * the lane executor, which are virtual where these are enabled; {@code null} for a
 * synchronous handler
 * @param offered how many events were offered to it
 * @param handled how many calls returned
 * @param failed how many calls or conditions threw
 * @param filtered how many events its condition rejected
 * @param running how many calls have begun and not ended
 * @param dropped how many events it was not given, by reason
 * @param queue its queue; {@code null} for a synchronous handler
 * @param latency how long the calls took that returned
 * @param queueWait how long its events waited in the queue; {@code null} for a
 * synchronous handler
 * @param slow how many calls were over its slow threshold
 * @param lastSeen when it was last offered an event, at most a second too late;
 * {@code null} if it never was
 * @param status how it is: {@code ACTIVE}, {@code PAUSED}, {@code STUCK} or
 * {@code QUARANTINED}
 * @param pausedSince since when it has been paused; {@code null} if it is not, or not by
 * an operation of the endpoint
 * @param quarantine how it is set aside; {@code null} while it is not
 * @param stuckCalls its calls that do not end; {@code null} if there are none
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
	 * @param size how many events wait
	 * @param spilled how many more wait in the journal, since the handler has fallen
	 * behind
	 * @param capacity how many may wait in the queue
	 * @param oldestAgeMicros how long the first of them has waited
	 */
	public record QueueDescriptor(long size, long spilled, int capacity, double oldestAgeMicros) {

		static QueueDescriptor of(HandlerSnapshot handler) {
			return new QueueDescriptor(handler.queueSize(), handler.spilled(), handler.queueCapacity(),
					LatencyDescriptor.micros((double) handler.oldestAge().toNanos()));
		}

	}

	/**
	 * How a handler is set aside that kept failing.
	 *
	 * @param since since when
	 * @param nextAttempt from when on an event is let through to see whether it is well
	 * @param times how many times it has been set aside, this time included
	 * @param skipped how many events it was not given this time
	 */
	public record QuarantineDescriptor(Instant since, Instant nextAttempt, long times, long skipped) {

		static @Nullable QuarantineDescriptor of(@Nullable QuarantineSnapshot quarantine) {
			return (quarantine != null) ? new QuarantineDescriptor(quarantine.since(), quarantine.nextAttempt(),
					quarantine.times(), quarantine.skipped()) : null;
		}

	}

	/**
	 * A call that does not end.
	 *
	 * @param thread the name of its thread; {@code null} unless values are to be shown
	 * @param event the name of the event
	 * @param since since when it has been seen running
	 * @param abandoned whether it was given up after the handler timeout
	 * @param stack where it was when it was found, the innermost frame first;
	 * {@code null} unless values are to be shown
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
	 * @param type the class name of what was thrown; {@code null} unless values are to be
	 * shown
	 * @param at when
	 * @param message its message, which may quote a payload; {@code null} unless values
	 * are to be shown
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	public record FailureDescriptor(String event, @Nullable String type, Instant at, @Nullable String message) {

		static FailureDescriptor of(FailureSnapshot failure, boolean showValues) {
			return new FailureDescriptor(failure.event(), showValues ? failure.type() : null, failure.at(),
					showValues ? failure.message() : null);
		}

	}

}
