package io.telemetryrouter.spring.annotation;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The events that a test's listener received.
 */
class Received {

	final List<Object> events = new CopyOnWriteArrayList<>();

	void add(Object event) {
		this.events.add(event);
	}

}
