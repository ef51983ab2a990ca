package io.telemetryrouter;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A {@linkplain TelemetrySpan span} that had not ended when it was reported.
 *
 * @param spanId the span's id
 * @param name the span's name
 * @param runId the run that it belongs to, or {@code null}
 * @param startedAt when it began
 * @param age the time from the beginning of the span to its report
 * @param abandoned whether the span was unreachable, so that it cannot end
 * @since 0.1.0
 */
public record DanglingSpan(String spanId, String name, @Nullable String runId, Instant startedAt, Duration age,
		boolean abandoned) {
}
