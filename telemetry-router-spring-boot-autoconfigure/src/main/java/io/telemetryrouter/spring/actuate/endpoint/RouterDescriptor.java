package io.telemetryrouter.spring.actuate.endpoint;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

import io.telemetryrouter.DanglingSpan;
import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.SpanSnapshot;

/**
 * A router as the endpoint shows it.
 *
 * @param handlers how many handlers there are
 * @param events the events by name
 * @param handlerDetails the handlers by id
 * @param departed what became of the events offered to handlers that have left
 * @param held how many events wait for the router to start
 * @param spans the spans that have begun and not ended
 * @param defaults what a handler takes that leaves an option open
 * @since 0.1.0
 */
public record RouterDescriptor(HandlerTotals handlers, Map<String, EventDescriptor> events,
		Map<String, HandlerDescriptor> handlerDetails, DepartedDescriptor departed, int held, SpansDescriptor spans,
		DefaultsDescriptor defaults) implements OperationResponseBody {

	static RouterDescriptor of(RouterSnapshot snapshot, SpanSnapshot spans, OperatorTrail trail, boolean showValues) {
		Map<String, EventDescriptor> events = new LinkedHashMap<>();
		snapshot.events().forEach((name, event) -> events.put(name, EventDescriptor.of(event)));
		Map<String, HandlerDescriptor> details = new LinkedHashMap<>();
		snapshot.handlers()
			.forEach((id, handler) -> details.put(id,
					HandlerDescriptor.of(handler, trail.pausedSince(handler), showValues)));
		return new RouterDescriptor(HandlerTotals.of(snapshot.handlers().values()), events, details,
				DepartedDescriptor.of(snapshot.departed()), snapshot.held(), SpansDescriptor.of(spans),
				DefaultsDescriptor.of(snapshot.defaults()));
	}

	/**
	 * What became of the events offered to handlers that have left, taken together.
	 *
	 * @param offered how many events were offered to them
	 * @param handled how many calls returned
	 * @param failed how many calls or conditions threw
	 * @param filtered how many events a condition rejected
	 * @param running how many calls have begun and not ended
	 * @param dropped how many events were dropped, by reason
	 */
	public record DepartedDescriptor(long offered, long handled, long failed, long filtered, long running,
			Map<String, Long> dropped) {

		static DepartedDescriptor of(HandlerAccount account) {
			return new DepartedDescriptor(account.offered(), account.handled(), account.failed(), account.filtered(),
					account.running(), HandlerDescriptor.dropped(account));
		}

	}

	/**
	 * The spans that have begun and not ended.
	 *
	 * @param open how many have begun, have not ended and are not dangling
	 * @param dangling how many were reported as dangling, ever
	 * @param latest the latest of those
	 */
	public record SpansDescriptor(int open, long dangling, List<DanglingDescriptor> latest) {

		static SpansDescriptor of(SpanSnapshot spans) {
			return new SpansDescriptor(spans.open(), spans.dangling(),
					spans.latest().stream().map(DanglingDescriptor::of).toList());
		}

	}

	/**
	 * A span that began and did not end, as of its report.
	 *
	 * @param name the span's name
	 * @param spanId the span's id
	 * @param runId the run that it belongs to, or {@code null}
	 * @param startedAt when it began
	 * @param ageMicros how long ago that was
	 * @param abandoned whether nothing refers to it any more
	 */
	public record DanglingDescriptor(String name, String spanId, @Nullable String runId, Instant startedAt,
			double ageMicros, boolean abandoned) {

		static DanglingDescriptor of(DanglingSpan span) {
			return new DanglingDescriptor(span.name(), span.spanId(), span.runId(), span.startedAt(),
					LatencyDescriptor.micros((double) span.age().toNanos()), span.abandoned());
		}

	}

	/**
	 * What a handler takes that leaves an option open.
	 *
	 * @param maxHandlerQueue the capacity of a queue in events
	 * @param priority the priority
	 * @param overflow what happens when a queue is full
	 */
	public record DefaultsDescriptor(int maxHandlerQueue, int priority, String overflow) {

		static DefaultsDescriptor of(RouterSnapshot.Defaults defaults) {
			return new DefaultsDescriptor(defaults.maxHandlerQueue(), defaults.priority(), defaults.overflow().name());
		}

	}

}
