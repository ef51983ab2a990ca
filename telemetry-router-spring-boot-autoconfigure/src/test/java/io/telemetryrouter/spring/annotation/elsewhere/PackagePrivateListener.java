package io.telemetryrouter.spring.annotation.elsewhere;

import java.util.ArrayList;
import java.util.List;

import io.telemetryrouter.spring.annotation.TelemetryListener;

/**
 * A class of another package than those that extend it.
 */
public class PackagePrivateListener {

	protected final List<Object> received = new ArrayList<>();

	@TelemetryListener("x")
	void on(String payload) {
		this.received.add(payload);
	}

	public List<Object> received() {
		return this.received;
	}

}
