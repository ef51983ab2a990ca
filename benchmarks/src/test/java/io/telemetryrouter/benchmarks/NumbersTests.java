package io.telemetryrouter.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Properties;

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
		assertThat(this.numbers.ratio("a", "b")).isEqualTo(1);
		assertThat(this.numbers.median("a")).isEqualTo(10);
	}

	@Test
	void whenRoundsAreMissingThenThoseOfBothAreCompared() {
		add("a", 10, 20, 90, 90);
		add("b", 10, 10);
		assertThat(this.numbers.ratio("a", "b")).isEqualTo(1.5);
	}

	@Test
	void whenNotMeasuredThenThereIsNoNumber() {
		add("a", 10);
		assertThat(this.numbers.median("b")).isNaN();
		assertThat(this.numbers.ratio("a", "b")).isNaN();
		assertThat(this.numbers.has("b")).isFalse();
	}

	@Test
	void whenPartIsAskedForThenPercentileIsTheSmallestValueThatItDoesNotExceed() {
		long[] values = new long[1000];
		for (int i = 0; i < values.length; i++) {
			values[i] = 1000 - i;
		}
		assertThat(Numbers.percentile(values, 0.5)).isEqualTo(500);
		assertThat(Numbers.percentile(values, 0.999)).isEqualTo(999);
		assertThat(Numbers.percentile(values, 1)).isEqualTo(1000);
		assertThat(Numbers.percentile(new long[] { 7 }, 0)).isEqualTo(7);
	}

	@Test
	void whenWrittenThenReadTheSame(@TempDir Path directory) throws IOException {
		Properties printed = new Properties();
		printed.setProperty("longest.millis", "2.500");
		this.numbers.add("Churn routes=16", printed);
		add("a", 10, 1e-9, 12345678.25);
		Path file = directory.resolve("numbers.tsv");
		this.numbers.write(file);
		assertThat(Numbers.read(file).all()).isEqualTo(this.numbers.all())
			.containsKeys("a", "Churn routes=16 longest.millis");
	}

	private void add(String key, double... values) {
		for (double value : values) {
			this.numbers.add(key, value);
		}
	}

}
