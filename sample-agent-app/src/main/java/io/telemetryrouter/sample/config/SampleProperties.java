package io.telemetryrouter.sample.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings of the sample.
 *
 * @param recording File with recorded runs, one per line. Without it, the recording
 * inside the jar is played.
 * @param replay Folder of a journal that is replayed instead of a recording.
 * @param parallelRuns Number of runs that are played concurrently.
 * @param exitAfterPlay Whether to exit after the recording has been played.
 * @param maxRequestSize Maximum size of a posted run.
 * @param flushTimeout Maximum time that the summary waits for asynchronous handlers.
 * @param model Name of the model in the recording.
 * @param approval Approval of tools that spend the customer's money.
 * @since 0.1.0
 */
@ConfigurationProperties("sample")
public record SampleProperties(@Nullable String recording, @Nullable Path replay, @DefaultValue("4") int parallelRuns,
		@DefaultValue("false") boolean exitAfterPlay, @DefaultValue("1MB") DataSize maxRequestSize,
		@DefaultValue("10s") Duration flushTimeout, @DefaultValue("gpt-4o") String model,
		@DefaultValue Approval approval) {

	public SampleProperties {
		if (parallelRuns < 1) {
			throw new IllegalArgumentException("'sample.parallel-runs' must be positive, but is " + parallelRuns);
		}
	}

	/**
	 * Approval of tools that spend the customer's money.
	 *
	 * @param tools Names of the tools that need an approval.
	 * @param denied Names of the tools that are never approved.
	 * @param timeout Maximum time for a decision.
	 */
	public record Approval(@DefaultValue Set<String> tools, @DefaultValue Set<String> denied,
			@DefaultValue("5s") Duration timeout) {
	}

}
