package io.telemetryrouter.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.util.ListStatistics;
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

	Set<String> keys() {
		return this.values.keySet();
	}

	/** Returns the median over all rounds, or {@code NaN} if not measured. */
	double median(String key) {
		return of(key).getPercentile(50);
	}

	Statistics of(String key) {
		return statistics(this.values.getOrDefault(key, List.of()).stream());
	}

	/**
	 * Compares two numbers of each round: load on the machine in a round affects both.
	 */
	Statistics compare(String key, String by, DoubleBinaryOperator comparison) {
		List<Double> ours = this.values.getOrDefault(key, List.of());
		List<Double> theirs = this.values.getOrDefault(by, List.of());
		return statistics(IntStream.range(0, Math.min(ours.size(), theirs.size()))
			.mapToObj((round) -> comparison.applyAsDouble(ours.get(round), theirs.get(round))));
	}

	private static Statistics statistics(Stream<Double> values) {
		return new ListStatistics(values.mapToDouble(Double::doubleValue).toArray());
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
