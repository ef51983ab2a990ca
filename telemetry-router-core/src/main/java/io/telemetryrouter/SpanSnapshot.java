package io.telemetryrouter;

import java.util.List;

/**
 * The spans of a router that have not ended.
 *
 * @param open how many spans have begun, have not ended and are not reported as dangling
 * @param dangling how many spans were reported as dangling, ever
 * @param latest the latest of those, the last one first; no more than 20
 * @since 0.1.0
 */
public record SpanSnapshot(int open, long dangling, List<DanglingSpan> latest) {

	/** No span ever began. */
	public static final SpanSnapshot EMPTY = new SpanSnapshot(0, 0, List.of());

	public SpanSnapshot {
		latest = List.copyOf(latest);
	}

}
