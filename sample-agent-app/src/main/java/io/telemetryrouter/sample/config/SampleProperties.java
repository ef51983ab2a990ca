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
 * @param recording File with recorded runs, one a line. A recording inside the jar is
 * played if there is none.
 * @param replay Folder of a journal that is replayed instead of a recording.
 * @param parallelRuns Number of runs played at once.
 * @param exitAfterPlay Whether to end after the recording instead of serving on.
 * @param maxRequestSize Size of a posted run at most.
 * @param flushTimeout Time the summary waits for asynchronous handlers at most.
 * @param model Name of the model that the recording is of.
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
	 * @param timeout Time a decision may take.
	 */
	public record Approval(@DefaultValue Set<String> tools, @DefaultValue Set<String> denied,
			@DefaultValue("5s") Duration timeout) {
	}

}
