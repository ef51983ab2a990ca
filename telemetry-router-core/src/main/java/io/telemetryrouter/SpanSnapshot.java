package io.telemetryrouter;

import java.util.List;

/**
 * The spans of a router that have not ended.
 *
 * @param open how many spans have begun, have not ended and are not reported as dangling
 * @param dangling the total number of spans that were reported as dangling
 * @param latest the latest dangling spans, most recent first; 20 at most
 * @since 0.1.0
 */
public record SpanSnapshot(int open, long dangling, List<DanglingSpan> latest) {

	/** A snapshot without spans. */
	public static final SpanSnapshot EMPTY = new SpanSnapshot(0, 0, List.of());

	public SpanSnapshot {
		latest = List.copyOf(latest);
	}

}
