package io.telemetryrouter;

/**
 * A distribution of durations in nanoseconds. Count, total and maximum are exact;
 * percentiles come from a histogram of eight buckets to each power of two and are off by
 * at most 6.25 %, or 8 ns where that is more. They are never too low to be consistent
 * with count, total and maximum; with fewer than 100 durations, the 99th percentile is
 * the maximum.
 *
 * @param count the number of durations
 * @param totalNanos their sum
 * @param maxNanos the longest, or the longest since the maximum was
 * {@linkplain TelemetryRouter#resetMaxima() reset}
 * @param p50Nanos the median
 * @param p99Nanos the 99th percentile
 * @since 0.1.0
 */
public record LatencySnapshot(long count, long totalNanos, long maxNanos, long p50Nanos, long p99Nanos) {

	/**
	 * Nothing measured.
	 */
	public static final LatencySnapshot EMPTY = new LatencySnapshot(0, 0, 0, 0, 0);

	/**
	 * {@return the mean in nanoseconds, or 0 if nothing was measured}
	 */
	public double meanNanos() {
		return (this.count != 0) ? (double) this.totalNanos / this.count : 0;
	}

}
