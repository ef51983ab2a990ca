package io.telemetryrouter.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is computed from measurements.
 */
class NumbersTests {

	private final Numbers numbers = new Numbers();

	@Test
	void whenMachineIsBusyForARoundThenRatioIsThatOfTheOtherRounds() {
		add("a", 10, 30, 10);
		add("b", 10, 30, 5);
		assertThat(ratio("a", "b")).isEqualTo(1);
		assertThat(this.numbers.median("a")).isEqualTo(10);
	}

	@Test
	void whenRoundsAreMissingThenThoseOfBothAreCompared() {
		add("a", 10, 20, 90, 90);
		add("b", 10, 10);
		assertThat(ratio("a", "b")).isEqualTo(1.5);
	}

	@Test
	void whenNotMeasuredThenThereIsNoNumber() {
		add("a", 10);
		assertThat(this.numbers.median("b")).isNaN();
		assertThat(ratio("a", "b")).isNaN();
		assertThat(this.numbers.keys()).containsExactly("a");
	}

	@Test
	void whenResultsAreReadThenEachFileIsARound(@TempDir Path directory) throws IOException {
		write(directory, "0001.json", 10, """
				"p0.99" : { "scorePercentiles" : { "50.0" : 20.0 } },
				"p0.999" : { "scorePercentiles" : { "50.0" : 30.0 } },
				"gc.alloc.rate" : { "scorePercentiles" : { "50.0" : 700.0 } },
				"gc.alloc.rate.norm" : { "scorePercentiles" : { "50.0" : 24.0 } }""");
		write(directory, "0010.json", 15, """
				"gc.alloc.rate.norm" : { "scorePercentiles" : { "50.0" : "NaN" } }""");
		Files.writeString(directory.resolve("0002.txt"), "Churn routes=16 longest.millis 2.500\n");
		Files.writeString(directory.resolve("0011.txt"), "Churn routes=16 longest.millis 3.500\n");
		Files.writeString(directory.resolve("log"), "anything");
		Numbers read = Numbers.read(directory);
		String emit = "SomeBenchmark.emit by=hand routes=16 threads=2";
		assertThat(read.keys()).containsExactly("Churn routes=16 longest.millis", emit, emit + " B", emit + " p99.9");
		assertThat(read.keys()).extracting(read::median).containsExactly(3.0, 12.5, 24.0, 30.0);
	}

	private static void write(Path directory, String file, double median, String secondary) throws IOException {
		Files.writeString(directory.resolve(file), """
				[ {
					"benchmark" : "io.telemetryrouter.benchmarks.SomeBenchmark.emit",
					"threads" : 2,
					"params" : { "by" : "hand", "routes" : "16" },
					"primaryMetric" : { "scorePercentiles" : { "50.0" : %s } },
					"secondaryMetrics" : { %s }
				} ]""".formatted(median, secondary));
	}

	private double ratio(String key, String by) {
		return this.numbers.compare(key, by, (one, other) -> one / other);
	}

	private void add(String key, double... values) {
		for (double value : values) {
			this.numbers.add(key, value);
		}
	}

}
