package io.telemetryrouter.spring.actuate.endpoint;

import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.telemetryrouter.TelemetryRouter;

/**
 * Finds the id that the rest of a path means. Servers and firewalls refuse or change
 * backslashes, semicolons, percent signs, empty segments and dots for directories,
 * encoded or not: an id that has some is found where they are slashes.
 */
final class HandlerPath {

	private static final Pattern REFUSED = Pattern.compile("[/\\\\;%\\p{Cntrl}]");

	private static final Set<String> DROPPED = Set.of("", ".", "..");

	private HandlerPath() {
	}

	/**
	 * Returns the id of a handler.
	 * @param segments the segments of the path
	 * @param router knows the ids
	 * @return the id, which need not be that of a handler
	 */
	static String id(String[] segments, TelemetryRouter router) {
		String path = String.join("/", segments);
		if (router.handlerSnapshot(path) != null) {
			return path;
		}
		for (String id : router.snapshot().handlers().keySet()) {
			if (passable(id).equals(path)) {
				return id;
			}
		}
		return path;
	}

	private static String passable(String id) {
		return REFUSED.splitAsStream(id)
			.filter((segment) -> !DROPPED.contains(segment))
			.collect(Collectors.joining("/"));
	}

}
