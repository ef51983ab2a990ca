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
 * The endpoint's view of a router.
 *
 * @param handlers the numbers of handlers
 * @param events the events by name
 * @param handlerDetails the handlers by id
 * @param retired the account of the handlers that were removed
 * @param held the number of events held until the router starts
 * @param spans the open and dangling spans
 * @param journal the counts of the journal; {@code null} without a journal
 * @param defaults the defaults of handler options
 * @since 0.1.0
 */
public record RouterDescriptor(HandlerTotals handlers, Map<String, EventDescriptor> events,
		Map<String, HandlerDescriptor> handlerDetails, RetiredDescriptor retired, int held, SpansDescriptor spans,
		@Nullable JournalDescriptor journal, DefaultsDescriptor defaults) implements OperationResponseBody {

	static RouterDescriptor of(RouterSnapshot snapshot, SpanSnapshot spans, OperatorTrail trail,
			@Nullable JournalDescriptor journal, boolean showValues) {
		Map<String, EventDescriptor> events = new LinkedHashMap<>();
		snapshot.events().forEach((name, event) -> events.put(name, EventDescriptor.of(event)));
		Map<String, HandlerDescriptor> details = new LinkedHashMap<>();
		snapshot.handlers()
			.forEach((id, handler) -> details.put(id,
					HandlerDescriptor.of(handler, trail.pausedSince(handler), showValues)));
		return new RouterDescriptor(HandlerTotals.of(snapshot.handlers().values()), events, details,
				RetiredDescriptor.of(snapshot.retired()), snapshot.held(), SpansDescriptor.of(spans), journal,
				DefaultsDescriptor.of(snapshot.defaults()));
	}

	/**
	 * The summed account of the handlers that were removed.
	 *
	 * @param offered the number of events offered to them
	 * @param handled the number of calls that returned
	 * @param failed the number of calls that threw or were given up
	 * @param filtered the number of events that conditions, payload types or runs
	 * rejected
	 * @param running the number of calls in progress
	 * @param dropped the number of dropped events by reason
	 */
	public record RetiredDescriptor(long offered, long handled, long failed, long filtered, long running,
			Map<String, Long> dropped) {

		static RetiredDescriptor of(HandlerAccount account) {
			return new RetiredDescriptor(account.offered(), account.handled(), account.failed(), account.filtered(),
					account.running(), HandlerDescriptor.dropped(account));
		}

	}

	/**
	 * The open and dangling spans.
	 *
	 * @param open the number of spans that have not ended and are not dangling
	 * @param dangling the number of spans ever reported as dangling
	 * @param latest the latest dangling spans
	 */
	public record SpansDescriptor(int open, long dangling, List<DanglingDescriptor> latest) {

		static SpansDescriptor of(SpanSnapshot spans) {
			return new SpansDescriptor(spans.open(), spans.dangling(),
					spans.latest().stream().map(DanglingDescriptor::of).toList());
		}

	}

	/**
	 * A dangling span at the time of its report.
	 *
	 * @param name the span's name
	 * @param spanId the span's id
	 * @param runId the id of its run, or {@code null}
	 * @param startedAt the time of its start
	 * @param ageMicros the time since its start
	 * @param abandoned whether the span object was garbage-collected
	 */
	public record DanglingDescriptor(String name, String spanId, @Nullable String runId, Instant startedAt,
			double ageMicros, boolean abandoned) {

		static DanglingDescriptor of(DanglingSpan span) {
			return new DanglingDescriptor(span.name(), span.spanId(), span.runId(), span.startedAt(),
					LatencyDescriptor.micros((double) span.age().toNanos()), span.abandoned());
		}

	}

	/**
	 * The defaults of handler options.
	 *
	 * @param maxHandlerQueue the capacity of a queue in events
	 * @param priority the priority
	 * @param overflow the overflow policy
	 */
	public record DefaultsDescriptor(int maxHandlerQueue, int priority, String overflow) {

		static DefaultsDescriptor of(RouterSnapshot.Defaults defaults) {
			return new DefaultsDescriptor(defaults.maxHandlerQueue(), defaults.priority(), defaults.overflow().name());
		}

	}

}
