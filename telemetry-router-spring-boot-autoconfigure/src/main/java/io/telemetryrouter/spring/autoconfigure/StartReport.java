package io.telemetryrouter.spring.autoconfigure;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.telemetryrouter.HandlerMode;
import io.telemetryrouter.HandlerSnapshot;

/**
 * Formats the log line about the router's start.
 */
final class StartReport {

	private static final int MAX_PATTERNS = 10;

	private StartReport() {
	}

	static String of(Collection<HandlerSnapshot> handlers, Collection<String> details) {
		StringBuilder line = new StringBuilder("Telemetry router started with ");
		if (handlers.isEmpty()) {
			line.append("no handlers yet");
		}
		else {
			line.append((handlers.size() != 1) ? handlers.size() + " handlers: " : "1 handler: ");
			String synchronous = mode("synchronous", HandlerMode.SYNC, handlers);
			String asynchronous = mode("asynchronous", HandlerMode.ASYNC, handlers);
			line.append(synchronous)
				.append((synchronous.isEmpty() || asynchronous.isEmpty()) ? "" : ", ")
				.append(asynchronous);
		}
		for (String detail : details) {
			line.append("; ").append(detail);
		}
		return line.toString();
	}

	// Loops instead of streams: linking lambdas would delay the start

	private static String mode(String name, HandlerMode mode, Collection<HandlerSnapshot> handlers) {
		int count = 0;
		Set<String> patterns = new LinkedHashSet<>();
		for (HandlerSnapshot handler : handlers) {
			if (handler.mode() == mode) {
				count++;
				patterns.addAll(handler.patterns());
			}
		}
		return (count == 0) ? "" : count + " " + name + " (" + join(patterns) + ")";
	}

	private static String join(Set<String> patterns) {
		List<String> all = List.copyOf(patterns);
		int more = all.size() - MAX_PATTERNS;
		return (more > 0) ? String.join(", ", all.subList(0, MAX_PATTERNS)) + " and " + more + " more"
				: String.join(", ", patterns);
	}

}
