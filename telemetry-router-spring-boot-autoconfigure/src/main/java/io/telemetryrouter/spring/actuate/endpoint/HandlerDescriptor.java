package io.telemetryrouter.spring.actuate.endpoint;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.FailureSnapshot;
import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.HandlerMode;
import io.telemetryrouter.HandlerSnapshot;

/**
 * A handler as the endpoint shows it.
 *
 * @param pattern the names and patterns it is subscribed to, separated by a comma and a
 * space
 * @param mode where it runs
 * @param priority its priority
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
 * @param lastFailure its last failure, if any
 * @since 0.1.0
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HandlerDescriptor(String pattern, String mode, int priority, long offered, long handled, long failed,
		long filtered, long running, Map<String, Long> dropped, @Nullable QueueDescriptor queue,
		LatencyDescriptor latency, @Nullable LatencyDescriptor queueWait, long slow,
		@Nullable FailureDescriptor lastFailure) implements OperationResponseBody {

	static HandlerDescriptor of(HandlerSnapshot handler) {
		HandlerAccount account = handler.account();
		boolean async = handler.mode() == HandlerMode.ASYNC;
		return new HandlerDescriptor(String.join(", ", handler.patterns()), handler.mode().name(), handler.priority(),
				account.offered(), account.handled(), account.failed(), account.filtered(), account.running(),
				dropped(account), async ? QueueDescriptor.of(handler) : null, LatencyDescriptor.of(handler.latency()),
				async ? LatencyDescriptor.of(handler.queueWait()) : null, handler.slow(),
				FailureDescriptor.of(handler.lastFailure()));
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
	 * @param capacity how many may wait
	 * @param oldestAgeMillis how long the first of them has waited
	 */
	public record QueueDescriptor(long size, int capacity, long oldestAgeMillis) {

		static QueueDescriptor of(HandlerSnapshot handler) {
			return new QueueDescriptor(handler.account().queued(), handler.queueCapacity(),
					handler.oldestAge().toMillis());
		}

	}

	/**
	 * A handler's last failure, without its message, which may quote a payload.
	 *
	 * @param type the class name of what was thrown
	 * @param at when
	 */
	public record FailureDescriptor(String type, Instant at) {

		static @Nullable FailureDescriptor of(@Nullable FailureSnapshot failure) {
			return (failure != null) ? new FailureDescriptor(failure.type(), failure.at()) : null;
		}

	}

}
