package io.telemetryrouter.spring.actuate.endpoint;

import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.telemetryrouter.TelemetryRouter;

/**
 * Resolves the rest of a path to a handler id. Servers and firewalls reject or rewrite
 * backslashes, semicolons, percent signs, empty segments and dot segments, encoded or
 * not. An id that contains them is also found under a path with a slash in their place.
 */
final class HandlerPath {

	private static final Pattern REJECTED = Pattern.compile("[/\\\\;%\\p{Cntrl}]");

	private static final Set<String> DROPPED = Set.of("", ".", "..");

	private HandlerPath() {
	}

	/**
	 * Returns the id of a handler.
	 * @param segments the segments of the path
	 * @param router the router with the handlers
	 * @return the id; the path itself if no handler matches
	 */
	static String id(String[] segments, TelemetryRouter router) {
		String path = String.join("/", segments);
		if (router.handlerSnapshot(path) != null) {
			return path;
		}
		for (String id : router.snapshot().handlers().keySet()) {
			if (toPath(id).equals(path)) {
				return id;
			}
		}
		return path;
	}

	private static String toPath(String id) {
		return REJECTED.splitAsStream(id)
			.filter((segment) -> !DROPPED.contains(segment))
			.collect(Collectors.joining("/"));
	}

}
