package io.telemetryrouter.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.openjdk.jmh.util.ListStatistics;
import org.openjdk.jmh.util.Statistics;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Measured numbers by key, such as {@code SyncBenchmark.emit by=hand handlers=8}, one
 * number per round.
 */
final class Numbers {

	/** The secondary results of JMH that are kept, and their names here. */
	private static final Map<String, String> OF_JMH = Map.of("gc.alloc.rate.norm", " B", "p0.999", " p99.9");

	private final Map<String, List<Double>> values = new TreeMap<>();

	void add(String key, double value) {
		this.values.computeIfAbsent(key, (absent) -> new ArrayList<>()).add(value);
	}

	/** Prints a number of a program. */
	static void print(String name, double value) {
		System.out.printf(Locale.ROOT, "%s %.3f%n", name, value);
	}

	/**
	 * Reads the files of a run in their order: JSON of JMH, and lines of programs with a
	 * key and a number.
	 */
	static Numbers read(Path directory) throws IOException {
		Numbers numbers = new Numbers();
		try (Stream<Path> files = Files.list(directory)) {
			for (Path file : files.sorted().toList()) {
				if (file.toString().endsWith(".json")) {
					JsonMapper.shared().readTree(Files.readString(file)).forEach(numbers::add);
				}
				else if (file.toString().endsWith(".txt")) {
					Files.readAllLines(file).forEach(numbers::add);
				}
			}
		}
		return numbers;
	}

	private void add(String line) {
		int end = line.lastIndexOf(' ');
		add(line.substring(0, end), Double.parseDouble(line.substring(end + 1)));
	}

	/**
	 * Adds a result of JMH: the median of a fork, a percentile in sample mode, and the
	 * bytes allocated.
	 */
	private void add(JsonNode run) {
		String name = run.get("benchmark").asString();
		StringBuilder key = new StringBuilder(name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1));
		run.path("params")
			.forEachEntry((param, value) -> key.append(' ').append(param).append('=').append(value.asString()));
		if (run.get("threads").asInt() != 1) {
			key.append(" threads=").append(run.get("threads").asInt());
		}
		add(key.toString(), run.get("primaryMetric"));
		OF_JMH.forEach((label, suffix) -> add(key + suffix, run.get("secondaryMetrics").path(label)));
	}

	private void add(String key, JsonNode metric) {
		double median = metric.path("scorePercentiles").path("50.0").asDouble(Double.NaN);
		if (!Double.isNaN(median)) {
			add(key, median);
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
	 * Returns the median of the comparisons of two numbers in each round: load on the
	 * machine in a round affects both.
	 */
	double compare(String key, String by, DoubleBinaryOperator comparison) {
		List<Double> ours = this.values.getOrDefault(key, List.of());
		List<Double> theirs = this.values.getOrDefault(by, List.of());
		return statistics(IntStream.range(0, Math.min(ours.size(), theirs.size()))
			.mapToObj((round) -> comparison.applyAsDouble(ours.get(round), theirs.get(round)))).getPercentile(50);
	}

	private static Statistics statistics(Stream<Double> values) {
		return new ListStatistics(values.mapToDouble(Double::doubleValue).toArray());
	}

}
