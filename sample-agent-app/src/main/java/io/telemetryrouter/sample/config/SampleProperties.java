package io.telemetryrouter.sample.config;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

import io.telemetryrouter.sample.agent.TokenUsage;

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
 * @param pricing Prices of the model.
 * @param budget Budget of each run.
 * @param approval Approval of tools that spend the customer's money.
 * @since 0.1.0
 */
@ConfigurationProperties("sample")
public record SampleProperties(@Nullable String recording, @Nullable Path replay, @DefaultValue("4") int parallelRuns,
		@DefaultValue("false") boolean exitAfterPlay, @DefaultValue("1MB") DataSize maxRequestSize,
		@DefaultValue("10s") Duration flushTimeout, @DefaultValue Pricing pricing, @DefaultValue Budget budget,
		@DefaultValue Approval approval) {

	public SampleProperties {
		if (parallelRuns < 1) {
			throw new IllegalArgumentException("'sample.parallel-runs' must be positive, but is " + parallelRuns);
		}
	}

	/**
	 * Prices of the model.
	 *
	 * @param promptPerMillion Price of a million tokens read.
	 * @param completionPerMillion Price of a million tokens written.
	 */
	public record Pricing(@DefaultValue("2.50") BigDecimal promptPerMillion,
			@DefaultValue("10.00") BigDecimal completionPerMillion) {

		/**
		 * Returns what tokens cost.
		 * @param usage the tokens
		 * @return the exact price
		 */
		public BigDecimal cost(TokenUsage usage) {
			return this.promptPerMillion.multiply(BigDecimal.valueOf(usage.prompt()))
				.add(this.completionPerMillion.multiply(BigDecimal.valueOf(usage.completion())))
				.movePointLeft(6);
		}

	}

	/**
	 * Budget of each run.
	 *
	 * @param perRun Money a run may cost.
	 * @param thresholds Shares of the budget at which an event is emitted, 1 for all of
	 * it.
	 */
	public record Budget(@DefaultValue("0.025") BigDecimal perRun, @DefaultValue( {
			"0.8", "1.0" }) List<BigDecimal> thresholds){

		public Budget {
			thresholds = thresholds.stream().sorted().toList();
		}

		/**
		 * Returns the thresholds that a run has reached.
		 * @param spent what the run has cost
		 * @return the shares, ascending
		 */
		public List<BigDecimal> reached(BigDecimal spent) {
			return this.thresholds.stream()
				.filter((threshold) -> spent.compareTo(this.perRun.multiply(threshold)) >= 0)
				.toList();
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
