package io.telemetryrouter.spring.actuate.endpoint;

import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.RouterSnapshot;

/**
 * A router as the endpoint shows it.
 *
 * @param handlers how many handlers there are
 * @param events the events by name
 * @param handlerDetails the handlers by id
 * @param departed what became of the events offered to handlers that have left
 * @param held how many events wait for the router to start
 * @param defaults what a handler takes that leaves an option open
 * @since 0.1.0
 */
public record RouterDescriptor(HandlerTotals handlers, Map<String, EventDescriptor> events,
		Map<String, HandlerDescriptor> handlerDetails, DepartedDescriptor departed, int held,
		DefaultsDescriptor defaults) implements OperationResponseBody {

	static RouterDescriptor of(RouterSnapshot snapshot, OperatorTrail trail, boolean showValues) {
		Map<String, EventDescriptor> events = new LinkedHashMap<>();
		snapshot.events().forEach((name, event) -> events.put(name, EventDescriptor.of(event)));
		Map<String, HandlerDescriptor> details = new LinkedHashMap<>();
		snapshot.handlers()
			.forEach((id, handler) -> details.put(id,
					HandlerDescriptor.of(handler, trail.pausedSince(handler), showValues)));
		return new RouterDescriptor(HandlerTotals.of(snapshot.handlers().values()), events, details,
				DepartedDescriptor.of(snapshot.departed()), snapshot.held(),
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
