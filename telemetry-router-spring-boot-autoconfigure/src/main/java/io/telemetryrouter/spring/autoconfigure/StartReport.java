package io.telemetryrouter.spring.autoconfigure;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import io.telemetryrouter.HandlerMode;
import io.telemetryrouter.HandlerSnapshot;

/**
 * Says in one line how the router has started.
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
			line.append((handlers.size() != 1) ? handlers.size() + " handlers: " : "1 handler: ")
				.append(List
					.of(mode("synchronous", HandlerMode.SYNC, handlers),
							mode("asynchronous", HandlerMode.ASYNC, handlers))
					.stream()
					.filter((text) -> !text.isEmpty())
					.collect(Collectors.joining(", ")));
		}
		details.forEach((detail) -> line.append("; ").append(detail));
		return line.toString();
	}

	private static String mode(String name, HandlerMode mode, Collection<HandlerSnapshot> handlers) {
		List<HandlerSnapshot> some = handlers.stream().filter((handler) -> handler.mode() == mode).toList();
		return some.isEmpty() ? "" : some.size() + " " + name + " (" + patterns(some) + ")";
	}

	private static String patterns(List<HandlerSnapshot> handlers) {
		Set<String> patterns = new LinkedHashSet<>();
		handlers.forEach((handler) -> patterns.addAll(handler.patterns()));
		String first = patterns.stream().limit(MAX_PATTERNS).collect(Collectors.joining(", "));
		int more = patterns.size() - MAX_PATTERNS;
		return (more > 0) ? first + " and " + more + " more" : first;
	}

}
