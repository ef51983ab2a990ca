package io.telemetryrouter.spring.autoconfigure.journal;

import java.nio.file.Path;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

import io.telemetryrouter.journal.Fsync;
import io.telemetryrouter.journal.JournalMode;

/**
 * Configuration properties of the journal.
 *
 * @param enabled Whether to write events to a journal.
 * @param directory Directory of the journal's files. No other application may write to
 * it.
 * @param mode Whether events are written on the journal's own lane or on the emitting
 * thread.
 * @param fsync When written data is forced to the disk.
 * @param fsyncInterval Interval at which written data is forced to the disk, if 'fsync'
 * is 'interval'.
 * @param segmentSize Size at which a new file is started.
 * @param segmentAge Age at which a new file is started.
 * @param retentionSize Maximum size of all files. Beyond it, the oldest are deleted. At
 * least twice 'segment-size'.
 * @param retentionAge Age at which a file is deleted. By default, only the size limits
 * how long files are kept.
 * @param maxPayload Maximum size of a payload's JSON, at most 1MB. A longer one is
 * truncated.
 * @param source Source of the events, a URI reference. By default, a slash and the
 * application's name.
 * @since 0.1.0
 */
@ConfigurationProperties(prefix = "telemetry-router.journal", ignoreUnknownFields = false)
public record TelemetryRouterJournalProperties(@DefaultValue("false") boolean enabled,
		@DefaultValue("telemetry-journal") Path directory, @DefaultValue("async") JournalMode mode,
		@DefaultValue("interval") Fsync fsync, @DefaultValue("1s") Duration fsyncInterval,
		@DefaultValue("64MB") DataSize segmentSize, @DefaultValue("1d") Duration segmentAge,
		@DefaultValue("1GB") DataSize retentionSize, @Nullable Duration retentionAge,
		@DefaultValue("256KB") DataSize maxPayload, @Nullable String source) {
}
