package io.telemetryrouter.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.util.Statistics;

/**
 * Measured numbers by key, such as {@code SyncBenchmark.emit by=hand handlers=8}, one
 * number per round.
 */
final class Numbers {

	private final Map<String, List<Double>> values = new TreeMap<>();

	void add(String key, double value) {
		this.values.computeIfAbsent(key, (absent) -> new ArrayList<>()).add(value);
	}

	/** Adds the output of a process. */
	void add(String prefix, Properties printed) {
		printed.forEach((key, value) -> add(prefix + " " + key, Double.parseDouble((String) value)));
	}

	/**
	 * Adds a result of JMH: the median of a fork, percentiles in sample mode, and the
	 * bytes allocated.
	 */
	void add(RunResult run) {
		String name = run.getParams().getBenchmark();
		StringBuilder key = new StringBuilder(name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1));
		for (String param : new TreeSet<>(run.getParams().getParamsKeys())) {
			key.append(' ').append(param).append('=').append(run.getParams().getParam(param));
		}
		if (run.getParams().getThreads() != 1) {
			key.append(" threads=").append(run.getParams().getThreads());
		}
		Statistics statistics = run.getPrimaryResult().getStatistics();
		add(key.toString(), statistics.getPercentile(50));
		if (run.getParams().getMode() == Mode.SampleTime) {
			add(key + " p99.9", statistics.getPercentile(99.9));
		}
		var allocated = run.getSecondaryResults().get("gc.alloc.rate.norm");
		if (allocated != null && allocated.getStatistics().getN() > 0) {
			add(key + " B", allocated.getStatistics().getPercentile(50));
		}
	}

	boolean has(String key) {
		return this.values.containsKey(key);
	}

	Map<String, List<Double>> all() {
		return Collections.unmodifiableMap(this.values);
	}

	/** Returns the median over all rounds. */
	double median(String key) {
		return median(this.values.getOrDefault(key, List.of()));
	}

	/**
	 * Returns the median of the ratios of all rounds: load on the machine in a round
	 * affects both numbers.
	 */
	double ratio(String key, String by) {
		List<Double> dividends = this.values.getOrDefault(key, List.of());
		List<Double> divisors = this.values.getOrDefault(by, List.of());
		List<Double> ratios = new ArrayList<>();
		for (int i = 0; i < Math.min(dividends.size(), divisors.size()); i++) {
			ratios.add(dividends.get(i) / divisors.get(i));
		}
		return median(ratios);
	}

	static double median(List<Double> values) {
		if (values.isEmpty()) {
			return Double.NaN;
		}
		List<Double> sorted = values.stream().sorted().toList();
		int middle = sorted.size() / 2;
		return (sorted.size() % 2 != 0) ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
	}

	/**
	 * Returns a percentile: the smallest value that the given part of all values does not
	 * exceed.
	 */
	static long percentile(long[] values, double part) {
		long[] sorted = values.clone();
		Arrays.sort(sorted);
		return sorted[Math.max(0, (int) Math.ceil(part * sorted.length) - 1)];
	}

	void write(Path file) throws IOException {
		Files.write(file,
				this.values.entrySet()
					.stream()
					.map((entry) -> entry.getKey() + "\t"
							+ entry.getValue().stream().map(String::valueOf).collect(Collectors.joining(" ")))
					.toList());
	}

	static Numbers read(Path file) throws IOException {
		Numbers numbers = new Numbers();
		for (String line : Files.readAllLines(file)) {
			String[] parts = line.split("\t");
			for (String value : parts[1].split(" ")) {
				numbers.add(parts[0], Double.parseDouble(value));
			}
		}
		return numbers;
	}

}
