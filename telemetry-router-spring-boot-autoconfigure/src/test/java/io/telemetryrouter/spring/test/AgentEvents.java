package io.telemetryrouter.spring.test;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.spring.annotation.TelemetryListener;

/**
 * Records all events, as a listener of the application.
 */
public class AgentEvents {

	private final List<TelemetryEvent<?>> events = new CopyOnWriteArrayList<>();

	@TelemetryListener("**")
	public void onAny(TelemetryEvent<?> event) {
		this.events.add(event);
	}

	public List<TelemetryEvent<?>> all() {
		return this.events;
	}

	public List<String> names() {
		return this.events.stream().map(TelemetryEvent::name).toList();
	}

	public <T> List<T> payloads(Class<T> type) {
		return this.events.stream().map(TelemetryEvent::payload).filter(type::isInstance).map(type::cast).toList();
	}

	public <T> T single(Class<T> type) {
		List<T> payloads = payloads(type);
		if (payloads.size() != 1) {
			throw new AssertionError("One " + type.getSimpleName() + " was expected, but there are " + names());
		}
		return payloads.get(0);
	}

}
