package io.telemetryrouter.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The results of JMH, all rounds taken together.
 */
final class Results {

	/** What ran in turn with others has a number among them. */
	private static final Pattern IN_TURN = Pattern.compile("(\\d+-\\d+)-\\d+-.*");

	private final Map<String, Result> results = new TreeMap<>();

	/**
	 * Adds what JMH wrote.
	 * @param file a file of results as JSON
	 */
	void read(Path file) {
		Matcher inTurn = IN_TURN.matcher(file.getFileName().toString());
		String turns = inTurn.matches() ? inTurn.group(1) : "";
		for (JsonNode run : JsonMapper.shared().readTree(file.toFile())) {
			String benchmark = run.get("benchmark").asString();
			Map<String, String> params = new TreeMap<>();
			JsonNode given = run.get("params");
			if (given != null) {
				given.properties().forEach((param) -> params.put(param.getKey(), param.getValue().asString()));
			}
			String name = benchmark.substring(benchmark.lastIndexOf('.', benchmark.lastIndexOf('.') - 1) + 1);
			int threads = run.get("threads").asInt();
			this.results.computeIfAbsent(key(name, threads, params), (key) -> new Result(name, threads, params))
				.add(run, turns);
		}
	}

	Collection<Result> all() {
		return this.results.values();
	}

	/**
	 * Returns a result.
	 * @param name the benchmark's class and method
	 * @param params names and values of all its parameters in turn
	 * @return the result, or {@code null} if that did not run
	 */
	@Nullable Result find(String name, String... params) {
		return find(1, name, params);
	}

	/**
	 * Returns a result.
	 * @param threads the number of threads
	 * @param name the benchmark's class and method
	 * @param params names and values of all its parameters in turn
	 * @return the result, or {@code null} if that did not run
	 */
	@Nullable Result find(int threads, String name, String... params) {
		Map<String, String> map = new TreeMap<>();
		for (int i = 0; i < params.length; i += 2) {
			map.put(params[i], params[i + 1]);
		}
		return this.results.get(key(name, threads, map));
	}

	private static String key(String name, int threads, Map<String, String> params) {
		return name + params + "@" + threads;
	}

	/**
	 * Returns the median.
	 * @param values the values, at least one
	 * @return the median
	 */
	static double median(List<Double> values) {
		List<Double> sorted = values.stream().sorted().toList();
		int middle = sorted.size() / 2;
		return (sorted.size() % 2 != 0) ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
	}

	/** One benchmark with one set of parameters. */
	static final class Result {

		private final String name;

		private final int threads;

		private final Map<String, String> params;

		private final List<Double> scores = new ArrayList<>();

		/** The scores by what they were measured in turn with. */
		private final Map<String, List<Double>> turns = new TreeMap<>();

		private final List<Double> allocated = new ArrayList<>();

		private String unit = "";

		private double dropped;

		private double offered;

		private Result(String name, int threads, Map<String, String> params) {
			this.name = name;
			this.threads = threads;
			this.params = params;
		}

		private void add(JsonNode run, String turns) {
			JsonNode primary = run.get("primaryMetric");
			this.unit = primary.get("scoreUnit").asString();
			addRaw(primary, this.scores);
			if (!turns.isEmpty()) {
				addRaw(primary, this.turns.computeIfAbsent(turns, (key) -> new ArrayList<>()));
			}
			JsonNode secondary = run.get("secondaryMetrics");
			if (secondary == null) {
				return;
			}
			if (secondary.has("gc.alloc.rate.norm")) {
				addRaw(secondary.get("gc.alloc.rate.norm"), this.allocated);
			}
			this.dropped += sum(secondary.get("dropped"));
			this.offered += sum(secondary.get("offered"));
		}

		private static double sum(@Nullable JsonNode metric) {
			List<Double> values = new ArrayList<>();
			if (metric != null) {
				addRaw(metric, values);
			}
			return values.stream().mapToDouble(Double::doubleValue).sum();
		}

		private static void addRaw(JsonNode metric, List<Double> values) {
			for (JsonNode fork : metric.get("rawData")) {
				for (JsonNode value : fork) {
					// Not a number where there was nothing to divide by
					if (value.isNumber()) {
						values.add(value.asDouble());
					}
				}
			}
		}

		String name() {
			return this.name;
		}

		int threads() {
			return this.threads;
		}

		Map<String, String> params() {
			return this.params;
		}

		String unit() {
			return this.unit;
		}

		double median() {
			return Results.median(this.scores);
		}

		/**
		 * Returns this divided by another.
		 * @param other the other
		 * @return the median of the ratios of each turn where both were measured in turn,
		 * or else the ratio of the medians
		 */
		double ratio(Result other) {
			List<Double> ratios = new ArrayList<>();
			this.turns.forEach((key, own) -> {
				List<Double> others = other.turns.getOrDefault(key, List.of());
				for (int i = 0; i < Math.min(own.size(), others.size()); i++) {
					ratios.add(own.get(i) / others.get(i));
				}
			});
			return ratios.isEmpty() ? median() / other.median() : Results.median(ratios);
		}

		double min() {
			return this.scores.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN);
		}

		double max() {
			return this.scores.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
		}

		/**
		 * Returns what an operation allocates.
		 * @return the median in bytes, or NaN if it was not measured
		 */
		double allocated() {
			return this.allocated.isEmpty() ? Double.NaN : Results.median(this.allocated);
		}

		/**
		 * Returns which part of the events was dropped.
		 * @return the part, from 0 to 1
		 */
		double droppedShare() {
			return (this.offered != 0) ? this.dropped / this.offered : 0;
		}

	}

}
