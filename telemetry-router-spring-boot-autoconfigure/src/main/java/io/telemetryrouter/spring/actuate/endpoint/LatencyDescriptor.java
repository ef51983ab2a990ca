package io.telemetryrouter.spring.actuate.endpoint;

import io.telemetryrouter.LatencySnapshot;

/**
 * A distribution of durations in microseconds, rounded to one decimal.
 *
 * @param count the number of measurements
 * @param meanMicros the mean
 * @param p50Micros the median
 * @param p99Micros the 99th percentile
 * @param maxMicros the maximum
 * @since 0.1.0
 */
public record LatencyDescriptor(long count, double meanMicros, double p50Micros, double p99Micros, double maxMicros) {

	static LatencyDescriptor of(LatencySnapshot latency) {
		return new LatencyDescriptor(latency.count(), micros(latency.meanNanos()), micros((double) latency.p50Nanos()),
				micros((double) latency.p99Nanos()), micros((double) latency.maxNanos()));
	}

	static double micros(double nanos) {
		return Math.round(nanos / 100) / 10.0;
	}

}
