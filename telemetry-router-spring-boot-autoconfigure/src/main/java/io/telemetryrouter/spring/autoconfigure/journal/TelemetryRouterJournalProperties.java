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
 * @param directory Folder of the journal's files, which no other application writes to.
 * @param mode Whether events are written on a lane of the journal's own or on the
 * emitting thread.
 * @param fsync When written data is put on the disk.
 * @param fsyncInterval Interval at which written data is put on the disk, if that is by
 * interval.
 * @param segmentSize Size at which a new file begins.
 * @param segmentAge Age at which a new file begins.
 * @param retentionSize Size that all files together keep.
 * @param retentionAge Age at which a file is deleted. By default, files are kept as long
 * as the size allows.
 * @param maxPayload Size that the JSON of a payload may have; of a longer one the
 * beginning is kept.
 * @param source Source of the events, a URI reference. By default, made from the
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
